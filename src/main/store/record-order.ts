/**
 * The orders rows of a worksheet can be asked for in, each along an index, and the cursors that go on within one. A
 * place is a value with the number of its row, so rows that are added meanwhile neither hide nor repeat others.
 */
import { AppError } from '../../shared/errors.ts';
import {
  compareKeys,
  fieldValue,
  sortKeyOf,
  typeOfField,
  type FilterRow,
  type SortKey,
} from '../../shared/model/record-filter.ts';
import type { FieldRow } from './entity-fields.ts';
import type { Sql, SqlValue } from './sql.ts';

/** Where a row stands in an order. */
export interface Place {
  readonly key: SortKey;
  readonly seq: number;
}

export interface Order {
  /** Up to `size` places behind one, or the first. */
  next(after: Place | undefined, size: number): readonly Place[];
  /** The place of a row. */
  placeOf(row: FilterRow, seq: number): Place;
  /** Below zero: `one` comes first. */
  compare(one: Place, other: Place): number;
  /** Place as text, to go on behind it. */
  cursorOf(place: Place): string;
  /** @throws AppError `invalid` for a cursor that is not of this order */
  read(cursor: string | null | undefined): Place | undefined;
}

interface PlaceColumns {
  readonly key: number | string | Uint8Array;
  readonly seq: number;
}

/** Comes after every number and text: no value. */
const nothing = new Uint8Array(0);

function badCursor(): AppError {
  return new AppError({
    code: 'invalid',
    message: 'The cursor is not one of this list.',
    details: { path: 'cursor' },
  });
}

const toPlace = ({ key, seq }: PlaceColumns): Place => ({
  key: typeof key === 'number' || typeof key === 'string' ? key : null,
  seq,
});
const toValue = (key: SortKey): SqlValue => key ?? nothing;

/** By when rows were made, which is by their number. */
function bySeq(sql: Sql, entity: string, isDown: boolean): Order {
  const text = `SELECT 0 AS key, seq FROM records WHERE entity = ? AND seq ${isDown ? '<' : '>'} ?
    ORDER BY seq ${isDown ? 'DESC' : 'ASC'} LIMIT ?`;
  return {
    next: (after, size) =>
      sql
        .all<PlaceColumns>(text, entity, after?.seq ?? (isDown ? Number.MAX_SAFE_INTEGER : 0), size)
        .map(toPlace),
    placeOf: (_row, seq) => ({ key: 0, seq }),
    compare: (one, other) => (isDown ? other.seq - one.seq : one.seq - other.seq),
    cursorOf: ({ seq }) => String(seq),
    read(cursor) {
      if (cursor === null || cursor === undefined) return undefined;
      if (!/^\d{1,15}$/.test(cursor)) throw badCursor();
      return { key: 0, seq: Number(cursor) };
    },
  };
}

/** By a value; rows without it come last, whichever way. */
function byKey(
  isDown: boolean,
  keyOf: (row: FilterRow) => SortKey,
  next: (from: Place, isEmpty: boolean, size: number) => readonly PlaceColumns[],
): Order {
  const sign = isDown ? -1 : 1;
  const first: Place = isDown ? { key: null, seq: 0 } : { key: Number.NEGATIVE_INFINITY, seq: 0 };
  const firstEmpty: Place = { key: null, seq: isDown ? Number.MAX_SAFE_INTEGER : 0 };
  return {
    next(after, size) {
      const isEmpty = after !== undefined && after.key === null;
      const some = isEmpty ? [] : next(after ?? first, false, size);
      const rest = some.length < size ? next(isEmpty ? after : firstEmpty, true, size - some.length) : [];
      return [...some, ...rest].map(toPlace);
    },
    placeOf: (row, seq) => ({ key: keyOf(row), seq }),
    compare(one, other) {
      if (one.key === null || other.key === null) {
        const order = compareKeys(one.key, other.key);
        return order === 0 ? sign * (one.seq - other.seq) : order;
      }
      const order = compareKeys(one.key, other.key);
      return sign * (order === 0 ? one.seq - other.seq : order);
    },
    cursorOf: ({ key, seq }) => Buffer.from(JSON.stringify([key, seq])).toString('base64url'),
    read(cursor) {
      if (cursor === null || cursor === undefined) return undefined;
      const [key, seq] = readPair(cursor);
      if (typeof seq !== 'number' || !Number.isSafeInteger(seq)) throw badCursor();
      if (key !== null && typeof key !== 'number' && typeof key !== 'string') throw badCursor();
      return { key, seq };
    },
  };
}

function readPair(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    throw badCursor();
  }
}

function byUpdate(sql: Sql, entity: string, isDown: boolean): Order {
  const text = `SELECT updated_at AS key, seq FROM records
    WHERE entity = ? AND (updated_at, seq) ${isDown ? '<' : '>'} (?, ?)
    ORDER BY updated_at ${isDown ? 'DESC' : 'ASC'}, seq ${isDown ? 'DESC' : 'ASC'} LIMIT ?`;
  return byKey(
    isDown,
    (row) => row.updatedAt,
    (from, isEmpty, size) =>
      isEmpty ? [] : sql.all<PlaceColumns>(text, entity, from.key ?? Number.MAX_SAFE_INTEGER, from.seq, size),
  );
}

function byField(sql: Sql, { seq: fieldSeq, rule }: FieldRow, isDown: boolean): Order {
  const [than, way] = isDown ? ['<', 'DESC'] : ['>', 'ASC'];
  const select = 'SELECT value AS key, record_seq AS seq FROM record_values WHERE field_seq = ?';
  const valued = `${select} AND value < ? AND (value, record_seq) ${than} (?, ?)
    ORDER BY value ${way}, record_seq ${way} LIMIT ?`;
  const empty = `${select} AND value = ? AND record_seq ${than} ? ORDER BY record_seq ${way} LIMIT ?`;
  return byKey(
    isDown,
    (row) => sortKeyOf(rule.type, fieldValue(row, rule.name)),
    (from, isEmpty, size) =>
      isEmpty
        ? sql.all<PlaceColumns>(empty, fieldSeq, nothing, from.seq, size)
        : sql.all<PlaceColumns>(valued, fieldSeq, nothing, toValue(from.key), from.seq, size),
  );
}

/** The order a list is asked for in. @throws AppError `invalid` for a field rows can not be sorted by */
export function orderOf(sql: Sql, entity: string, fields: readonly FieldRow[], sort = '-createdAt'): Order {
  const isDown = sort.startsWith('-');
  const name = sort.replace(/^[-+]/, '');
  if (name === 'createdAt') return bySeq(sql, entity, isDown);
  if (name === 'updatedAt') return byUpdate(sql, entity, isDown);
  const field = fields.find(({ rule, isIndexed }) => rule.name === name && isIndexed);
  if (field !== undefined) return byField(sql, field, isDown);
  const isKnown =
    typeOfField(
      fields.map(({ rule }) => rule),
      name,
    ) !== undefined;
  throw new AppError({
    code: 'invalid',
    message: isKnown ? `Records can not be sorted by ${name}.` : `There is no field ${name}.`,
    details: { path: 'sort' },
  });
}
