/** Parameters out of an example of the body: one per field, with its type and the example's value. */
import type { Parameter } from '../../../shared/model/endpoint.ts';

/** Values of an example longer than this are not kept as examples. */
const longestExample = 200;

/** The parameters an object's fields make; an example that is no object makes none. */
export function inferParameters(example: unknown): readonly Parameter[] {
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return [];
  return Object.entries(example).map(([name, value]: [string, unknown]) => ({
    name,
    in: 'body',
    path: /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '')}\``,
    type: typeOf(value),
    required: false,
    ...(isShort(value) ? { example: value } : {}),
  }));
}

/** Adds parameters to a list; those whose name and place are there already keep what was set for them. */
export function mergeParameters(
  present: readonly Parameter[],
  found: readonly Parameter[],
): readonly Parameter[] {
  const known = new Set(present.map(keyOf));
  return [...present, ...found.filter((parameter) => !known.has(keyOf(parameter)))];
}

function keyOf(parameter: Parameter): string {
  return `${parameter.in} ${parameter.name}`;
}

function typeOf(value: unknown): Parameter['type'] {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'object' && value !== null) return 'object';
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(value))
    return 'date';
  return 'string';
}

function isShort(value: unknown): boolean {
  return value !== null && (JSON.stringify(value) ?? '').length <= longestExample;
}
