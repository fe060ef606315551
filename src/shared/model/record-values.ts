/**
 * What a field of a worksheet takes: pure rules without a validator library, because the store's writer judges every
 * row by them in the transaction that keeps it, and does without one.
 */

export const fieldTypes = ['string', 'number', 'boolean', 'date', 'select', 'reference', 'json'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** A field as it was declared. */
export interface FieldRule {
  readonly name: string;
  readonly type: FieldType;
  /** Every row has a value. */
  readonly required?: boolean | undefined;
  /** No two rows have the same value; any number may have none. */
  readonly unique?: boolean | undefined;
  /** Value of a new row that brings none. */
  readonly default?: unknown;
  /** What a `select` offers. */
  readonly options?: readonly string[] | undefined;
  /** Whose records a `reference` names, by their cuid. */
  readonly entity?: string | undefined;
}

/** Values by field name; fields nobody declared may stand among them. */
export type RecordData = Readonly<Record<string, unknown>>;

export interface ValueFault {
  /** Name of the field. */
  readonly path: string;
  readonly message: string;
}

type Verdict =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

const dateForm = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** Whether a text is a day, or an instant with its zone, that exists. */
function isDate(text: string): boolean {
  if (!dateForm.test(text)) return false;
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10)) return false;
  return !Number.isNaN(Date.parse(text));
}

/** A value as the field would have it, where it means the same; the value itself where it does not. */
function loosen(type: FieldType, value: unknown): unknown {
  const text = typeof value === 'string' ? value.trim() : undefined;
  switch (type) {
    case 'string':
    case 'select':
    case 'reference':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    case 'number':
      return text !== undefined && numberForm.test(text) ? Number(text) : value;
    case 'boolean': {
      if (value === 1 || value === 0) return value === 1;
      if (text !== undefined && /^(?:true|yes|1)$/i.test(text)) return true;
      return text !== undefined && /^(?:false|no|0)$/i.test(text) ? false : value;
    }
    case 'date':
      return text?.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T') ?? value;
    case 'json':
      return value;
  }
}

const good = (value: unknown): Verdict => ({ ok: true, value });
const bad = (message: string): Verdict => ({ ok: false, message });

/**
 * Judges one value, which is neither null nor missing.
 * @param isLoose texts that mean a number, a date or true and false are taken as such, numbers become texts
 */
export function judgeValue(field: FieldRule, given: unknown, isLoose: boolean): Verdict {
  const value = isLoose ? loosen(field.type, given) : given;
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? good(value) : bad('must be a text');
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? good(value) : bad('must be a number');
    case 'boolean':
      return typeof value === 'boolean' ? good(value) : bad('must be true or false');
    case 'date':
      return typeof value === 'string' && isDate(value)
        ? good(value)
        : bad('must be a date, such as 2026-03-23 or 2026-03-23T15:30:00Z');
    case 'select': {
      const options = field.options ?? [];
      if (typeof value === 'string' && options.includes(value)) return good(value);
      const shown = options.slice(0, 10).join(', ');
      return bad(`must be one of ${shown}${options.length > 10 ? ', …' : ''}`);
    }
    case 'reference':
      return typeof value === 'string' && value !== ''
        ? good(value)
        : bad(`must be the cuid of a record of ${field.entity ?? 'its entity'}`);
    case 'json':
      return good(value);
  }
}

/** An own value; what stands on a prototype is none. */
export function ownValue(data: RecordData, name: string): unknown {
  return Object.hasOwn(data, name) ? data[name] : undefined;
}

/** The same data without what is null or missing. */
export function withoutNothing(data: RecordData): RecordData {
  return Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Most values of one row, and bytes of its JSON. */
const mostValues = 1_000;
const mostBytes = 4_194_304;

/**
 * A row that is made (`before` null) or changed: values are judged and coerced, defaults put in, null takes a value
 * away. What is undeclared is kept as it is.
 */
export function applyData(
  fields: readonly FieldRule[],
  before: RecordData | null,
  given: RecordData,
  isLoose: boolean,
): { readonly data: RecordData; readonly faults: readonly ValueFault[] } {
  const faults: ValueFault[] = [];
  const values = new Map(Object.entries(before ?? {}));
  for (const [name, value] of Object.entries(given)) values.set(name, value);
  for (const field of fields) {
    const { name } = field;
    const value = ownValue(given, name);
    const isGiven =
      value !== undefined && value !== null && !(isLoose && value === '' && isBlankNothing(field));
    if (isGiven) {
      const verdict = judgeValue(field, value, isLoose);
      if (verdict.ok) values.set(name, verdict.value);
      else faults.push({ path: name, message: verdict.message });
    } else if (Object.hasOwn(given, name)) values.set(name, null);
    if (before === null && (values.get(name) ?? null) === null && field.default !== undefined)
      values.set(name, field.default);
    if (field.required === true && (values.get(name) ?? null) === null)
      faults.push({ path: name, message: 'is required' });
  }
  const data = withoutNothing(Object.fromEntries(values));
  if (faults.length === 0) faults.push(...sizeFaults(data));
  return { data, faults };
}

/** Whether an empty text stands for no value: it is none of these types, and no cell can say it otherwise. */
function isBlankNothing({ type }: FieldRule): boolean {
  return type !== 'string' && type !== 'json';
}

function sizeFaults(data: RecordData): readonly ValueFault[] {
  if (Object.keys(data).length > mostValues)
    return [{ path: '', message: `A record has at most ${mostValues} values.` }];
  return JSON.stringify(data).length > mostBytes
    ? [{ path: '', message: 'A record holds at most 4 MiB.' }]
    : [];
}
