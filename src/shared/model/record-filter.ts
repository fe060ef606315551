/**
 * Filters over worksheet rows: which ones hold, and by what a field is sorted. Pure, and told the same way as the
 * index of the store tells it (migration 0009), so that a row found by the index and one found by looking agree.
 */
import { ownValue, type FieldRule, type FieldType, type RecordData } from './record-values.ts';

export const conditionOps = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'contains',
  'startsWith',
  'in',
  'empty',
  'notEmpty',
] as const;
export type ConditionOp = (typeof conditionOps)[number];

export interface Condition {
  readonly field: string;
  readonly op: ConditionOp;
  readonly value?: unknown;
}

/** What a filter looks at. */
export interface FilterRow {
  readonly cuid: string;
  readonly data: RecordData;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What every row has beside its fields; a field of the same name is not reached. */
export const systemFields = { cuid: 'string', createdAt: 'date', updatedAt: 'date' } as const;

/** By what a value is compared and sorted; null: there is none, which comes last. */
export type SortKey = number | string | null;

/** Characters of a text that count for its place. */
export const keyLength = 100;

/** Lower case of a to z alone, as SQLite's `lower` has it. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The first characters, not cut within one. */
function beginning(text: string): string {
  return text.length <= keyLength
    ? text
    : Array.from(text.slice(0, 2 * keyLength))
        .slice(0, keyLength)
        .join('');
}

/** The place of a value among others of its field: numbers before texts, dates by their instant. */
export function sortKeyOf(type: FieldType | undefined, value: unknown): SortKey {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return null;
  if (type !== 'date') return lowerAscii(beginning(value));
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

/** Which comes first; no value comes last. Texts by their characters' codes, as the store sorts them. */
export function compareKeys(one: SortKey, other: SortKey): number {
  if (one === null || other === null) return (one === null ? 1 : 0) - (other === null ? 1 : 0);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'number') return -1;
  if (typeof other === 'number') return 1;
  if (one === other) return 0;
  return isBefore(one, other) ? -1 : 1;
}

/** Order of code points: that of UTF-8 bytes, which the order of UTF-16 units is not past U+D800. */
function isBefore(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left === right) continue;
    const isLeftHigh = left >= 0xd800 && left <= 0xdfff;
    const isRightHigh = right >= 0xd800 && right <= 0xdfff;
    if (isLeftHigh !== isRightHigh) return isRightHigh;
    return left < right;
  }
  return one.length < other.length;
}

/** The value a condition speaks of. */
export function fieldValue(row: FilterRow, name: string): unknown {
  if (name === 'cuid') return row.cuid;
  if (name === 'createdAt' || name === 'updatedAt') return new Date(row[name]).toISOString();
  return ownValue(row.data, name);
}

/** The type a name has; undefined for undeclared fields. */
export function typeOfField(fields: readonly FieldRule[], name: string): FieldType | undefined {
  if (Object.hasOwn(systemFields, name)) return name === 'cuid' ? 'string' : 'date';
  return fields.find((field) => field.name === name)?.type;
}

/** A value as text, where it has one that people would look for. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

function isSame(type: FieldType | undefined, one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (type === 'date') {
    const key = sortKeyOf(type, one);
    return key !== null && key === sortKeyOf(type, other);
  }
  return (
    typeof one === 'object' &&
    typeof other === 'object' &&
    one !== null &&
    other !== null &&
    JSON.stringify(one) === JSON.stringify(other)
  );
}

type Test = (value: unknown) => boolean;

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function compared(type: FieldType | undefined, wanted: unknown, holds: (order: number) => boolean): Test {
  const key = sortKeyOf(type, wanted);
  return (value) => {
    const own = sortKeyOf(type, value);
    if (own === null || key === null || typeof own !== typeof key) return false;
    return holds(compareKeys(own, key));
  };
}

function testOf(type: FieldType | undefined, { op, value: wanted }: Condition): Test {
  switch (op) {
    case 'eq':
      return isNothing(wanted) ? isEmpty : (value) => isSame(type, value, wanted);
    case 'ne':
      return isNothing(wanted) ? (value) => !isEmpty(value) : (value) => !isSame(type, value, wanted);
    case 'lt':
      return compared(type, wanted, (order) => order < 0);
    case 'lte':
      return compared(type, wanted, (order) => order <= 0);
    case 'gt':
      return compared(type, wanted, (order) => order > 0);
    case 'gte':
      return compared(type, wanted, (order) => order >= 0);
    case 'contains': {
      const text = lowerAscii(textOf(wanted));
      return (value) => !isEmpty(value) && lowerAscii(textOf(value)).includes(text);
    }
    case 'startsWith': {
      const text = lowerAscii(textOf(wanted));
      return (value) => !isEmpty(value) && lowerAscii(textOf(value)).startsWith(text);
    }
    case 'in': {
      const list: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
      return (value) => list.some((one) => isSame(type, value, one));
    }
    case 'empty':
      return isEmpty;
    case 'notEmpty':
      return (value) => !isEmpty(value);
  }
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

/** Whether a row fits all conditions. */
export function compileFilter(
  fields: readonly FieldRule[],
  conditions: readonly Condition[],
): (row: FilterRow) => boolean {
  const tests = conditions.map((condition) => ({
    field: condition.field,
    holds: testOf(typeOfField(fields, condition.field), condition),
  }));
  return (row) => tests.every(({ field, holds }) => holds(fieldValue(row, field)));
}

/** Whether a text stands in any value of a row, whatever the case of a to z. Linear in their length. */
export function compileSearch(q: string): (row: FilterRow) => boolean {
  const wanted = lowerAscii(q);
  const isIn = (value: unknown): boolean => {
    if (typeof value === 'string') return lowerAscii(value).includes(wanted);
    if (typeof value === 'object' && value !== null) return Object.values(value).some(isIn);
    return (typeof value === 'number' || typeof value === 'boolean') && String(value).includes(wanted);
  };
  return (row) => row.cuid === q || isIn(row.data);
}
