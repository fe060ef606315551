/** Whether a value is of a parameter's type, and the value in that type (SPEC 6). */
import type { Parameter } from '../../../shared/model/endpoint.ts';

type ParameterType = Parameter['type'];

/** ISO 8601: a date, or a date with a time and perhaps a zone. */
const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The value in its type; undefined when it is of another one.
 * @param isText the value comes from where there are only texts, so texts that read as the type count
 */
export function readTyped(
  value: unknown,
  type: ParameterType,
  isText: boolean,
): { readonly value: unknown } | undefined {
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

function isDate(text: string): boolean {
  return isoDate.test(text) && !Number.isNaN(Date.parse(text.replace(',', '.')));
}

function readText(text: string, type: ParameterType): { readonly value: unknown } | undefined {
  switch (type) {
    case 'string':
      return { value: text };
    case 'number': {
      const number = decimal.test(text.trim()) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? { value: number } : undefined;
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? { value: text === 'true' } : undefined;
    case 'date':
      return isDate(text) ? { value: text } : undefined;
    case 'array': {
      const list = readJson(text);
      if (Array.isArray(list)) return { value: list };
      // A name that may be repeated was sent once.
      return list === undefined ? { value: [text] } : undefined;
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
