/** Whether a value is of a parameter's type, and the value in that type (SPEC 6). */
import type { Parameter } from '../../../shared/model/endpoint.ts';

type ParameterType = Parameter['type'];

/** A value in its type; `isBlank` where an empty text stands for no value. */
export type Typed = { readonly value: unknown } | { readonly isBlank: true };

/** ISO 8601: a date, or a date with a time and perhaps a zone. */
const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;
const longestDate = 40;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What forms and queries send for yes and no; a ticked box sends `on`. */
const truths: Readonly<Record<string, boolean>> = {
  true: true,
  1: true,
  on: true,
  false: false,
  0: false,
  off: false,
};

/**
 * The value in its type; undefined when it is of another one.
 * @param isText the value comes from where there are only texts, so texts that read as the type count
 */
export function readTyped(value: unknown, type: ParameterType, isText: boolean): Typed | undefined {
  // Only a text can be empty; of any other type an empty text is no value.
  if (value === '' && (type === 'date' || (isText && type !== 'string' && type !== 'array')))
    return { isBlank: true };
  if (isText && typeof value === 'string') return readText(value, type);
  // One entry of a repeated name is a list of one.
  return isOfType(value, type) ? { value } : undefined;
}

function isOfType(value: unknown, type: ParameterType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && isDate(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}

/** Whether a text is an ISO 8601 date that exists. */
export function isDate(text: string): boolean {
  if (text.length > longestDate) return false;
  const [, year, month, day] = isoDate.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days) return false;
  const usual = text
    .toUpperCase()
    .replace(',', '.')
    .replace(' ', 'T')
    .replace(/([+-]\d{2})$/, '$1:00');
  return text.length === 10 || !Number.isNaN(Date.parse(usual.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')));
}

function readText(text: string, type: ParameterType): Typed | undefined {
  switch (type) {
    case 'string':
      return { value: text };
    case 'number': {
      const number = decimal.test(text.trim()) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? { value: number } : undefined;
    }
    case 'boolean': {
      const word = text.toLowerCase();
      return Object.hasOwn(truths, word) ? { value: truths[word] } : undefined;
    }
    case 'date':
      return isDate(text) ? { value: text } : undefined;
    case 'array': {
      const list = readJson(text);
      if (Array.isArray(list)) return { value: list };
      if (isOfType(list, 'object')) return undefined;
      // A name that may be repeated was sent once.
      return { value: [text] };
    }
    case 'object': {
      const value = readJson(text);
      return isOfType(value, 'object') ? { value } : undefined;
    }
  }
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
