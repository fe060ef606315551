/** Conditions that the index of values can answer: which rows are worth looking at, where these are few. */
import { keyLength, sortKeyOf, type Condition } from '../../shared/model/record-filter.ts';
import type { FieldType } from '../../shared/model/record-values.ts';
import type { FieldRow } from './entity-fields.ts';
import type { Sql, SqlValue } from './sql.ts';

/** More rows than this are gone through in their order instead. */
const few = 2_000;
/** Values of one `in`. */
const mostListed = 100;

const nothing = new Uint8Array(0);
/** Behind every text that begins with another. */
const last = '\u{10FFFF}';

interface Range {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

const range = (text: string, ...values: readonly SqlValue[]): Range => ({ text, values });

/** Texts as the index has them. */
const folded = `lower(substr(?, 1, ${keyLength}))`;

function equal(type: FieldType, value: unknown): Range | undefined {
  if (value === null || value === undefined) return range("value IN (?, '')", nothing);
  const key = sortKeyOf(type, value);
  if (typeof key === 'number') return range('value = ?', key);
  // What is no value of the field equals none.
  return typeof value === 'string' && key !== null ? range(`value = ${folded}`, value) : undefined;
}

function beyond(type: FieldType, op: '<' | '<=' | '>' | '>=', value: unknown): Range | undefined {
  const key = sortKeyOf(type, value);
  const isUp = op.startsWith('>');
  if (typeof key === 'number')
    return isUp ? range(`value ${op} ? AND value < ''`, key) : range(`value ${op} ?`, key);
  if (typeof value !== 'string' || key === null) return undefined;
  return isUp
    ? range(`value ${op} ${folded} AND value < ?`, value, nothing)
    : range(`value >= '' AND value ${op} ${folded}`, value);
}

/** The part of a field's index in which all rows stand that a condition can hold for. */
function rangeOf(type: FieldType, { op, value }: Condition): Range | undefined {
  switch (op) {
    case 'eq':
      return equal(type, value);
    case 'empty':
      return equal(type, null);
    case 'lt':
      return beyond(type, '<', value);
    case 'lte':
      return beyond(type, '<=', value);
    case 'gt':
      return beyond(type, '>', value);
    case 'gte':
      return beyond(type, '>=', value);
    case 'startsWith':
      return typeof value === 'string' && type !== 'date' && type !== 'number' && type !== 'boolean'
        ? range(`value >= ${folded} AND value < ${folded} || ?`, value, value, last)
        : undefined;
    case 'in': {
      if (!Array.isArray(value) || value.length > mostListed) return undefined;
      const ranges = value.map((one: unknown) => (one === null ? undefined : equal(type, one)));
      const known = ranges.filter((one) => one !== undefined);
      if (known.length < ranges.length || known.length === 0) return undefined;
      return range(
        `(${known.map(({ text }) => text).join(' OR ')})`,
        ...known.flatMap(({ values }) => values),
      );
    }
    case 'ne':
    case 'contains':
    case 'notEmpty':
      return undefined;
  }
}

function byCuid(sql: Sql, conditions: readonly Condition[]): readonly number[] | undefined {
  const wanted = conditions.find(({ field, op }) => field === 'cuid' && (op === 'eq' || op === 'in'))?.value;
  const cuids: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  if (wanted === undefined || wanted === null || cuids.length > few) return undefined;
  return sql
    .all<{ seq: number }>(
      'SELECT seq FROM records WHERE cuid IN (SELECT value FROM json_each(?))',
      JSON.stringify(cuids),
    )
    .map(({ seq }) => seq);
}

/**
 * Numbers of all rows the conditions can hold for, where one of them leaves few; undefined where none does. Each still
 * has to be looked at.
 */
export function narrowestOf(
  sql: Sql,
  fields: readonly FieldRow[],
  conditions: readonly Condition[],
): readonly number[] | undefined {
  let narrowest: readonly number[] | undefined = byCuid(sql, conditions);
  for (const condition of conditions) {
    const field = fields.find(({ rule, isIndexed }) => rule.name === condition.field && isIndexed);
    const found = field === undefined ? undefined : rangeOf(field.rule.type, condition);
    if (field === undefined || found === undefined) continue;
    const seqs = sql
      .all<{ seq: number }>(
        `SELECT record_seq AS seq FROM record_values WHERE field_seq = ? AND ${found.text} LIMIT ?`,
        field.seq,
        ...found.values,
        (narrowest?.length ?? few) + 1,
      )
      .map(({ seq }) => seq);
    if (seqs.length <= (narrowest?.length ?? few)) narrowest = seqs;
  }
  return narrowest;
}
