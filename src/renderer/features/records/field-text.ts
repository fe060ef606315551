/** Field values as text for people, and text as field values: by the field's type. */
import type { EntityView } from '../../../shared/contract/views.ts';

type FieldType = EntityView['fields'][number]['type'];

/** A value as one line; nothing is the empty text. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

/** Reads what a person typed; the empty text is no value. */
export function readValue(text: string, type: FieldType): ReadValue {
  if (text.trim() === '') return { ok: true, value: null };
  switch (type) {
    case 'string':
    case 'select':
    case 'reference':
      return { ok: true, value: text };
    case 'number': {
      const value = Number(text);
      return Number.isFinite(value) ? { ok: true, value } : { ok: false, why: 'Not a number' };
    }
    case 'boolean':
      if (/^(true|yes|1)$/i.test(text.trim())) return { ok: true, value: true };
      if (/^(false|no|0)$/i.test(text.trim())) return { ok: true, value: false };
      return { ok: false, why: 'true or false' };
    case 'date':
      return Number.isNaN(Date.parse(text))
        ? { ok: false, why: 'A date such as 2026-03-23 or 2026-03-23T15:30:00Z' }
        : { ok: true, value: text.trim() };
    case 'json':
      try {
        return { ok: true, value: JSON.parse(text) };
      } catch {
        return { ok: false, why: 'Not valid JSON' };
      }
  }
}
