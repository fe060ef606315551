/**
 * Finds rows of a worksheet: in the order asked for, by the index of one condition where that leaves few of them, else
 * by looking at each in turn, which takes time in step with their number and stops now and then for others. Used by the
 * reads of the main thread and, at once, by the writer.
 */
import {
  compileFilter,
  compileSearch,
  type Condition,
  type FilterRow,
} from '../../shared/model/record-filter.ts';
import { fieldsOf } from './entity-fields.ts';
import { containing, type PageQuery } from './paging.ts';
import { narrowestOf } from './record-narrow.ts';
import { orderOf, type Order, type Place } from './record-order.ts';
import { selectRecords, toRecord, type RecordColumns } from './record-rows.ts';
import type { Sql } from './sql.ts';
import type { Page, RecordRow } from './types.ts';

export interface RecordQuery extends PageQuery {
  readonly entity: string;
  /** Text in any value, or the cuid. */
  readonly q?: string | undefined;
  /** All must hold. */
  readonly filter?: readonly Condition[] | undefined;
  /** A field, with `-` before it for the largest first; `createdAt` and `updatedAt` are fields here. */
  readonly sort?: string | undefined;
}

/** Rows looked at between two pauses. */
const atOnce = 256;

interface Search {
  readonly sql: Sql;
  readonly entity: string;
  readonly order: Order;
  readonly q: string;
  fits(row: FilterRow): boolean;
  /** Rows all of which have to be looked at; undefined: those of the whole order. */
  readonly only: readonly number[] | undefined;
  /** Whether every row fits. */
  readonly isOpen: boolean;
}

interface Found {
  readonly place: Place;
  readonly row: RecordRow;
}

function searchOf(sql: Sql, query: Omit<RecordQuery, 'limit'>): Search {
  const fields = fieldsOf(sql, query.entity);
  const { q = '', filter = [] } = query;
  const rules = fields.map(({ rule }) => rule);
  const tests = [
    ...(q === '' ? [] : [compileSearch(q)]),
    ...(filter.length === 0 ? [] : [compileFilter(rules, filter)]),
  ];
  return {
    sql,
    entity: query.entity,
    order: orderOf(sql, query.entity, fields, query.sort),
    q,
    fits: (row) => tests.every((test) => test(row)),
    only: narrowestOf(sql, fields, filter),
    isOpen: tests.length === 0,
  };
}

/** Of these rows those that fit, in any order. */
function load({ sql, entity, order, q, fits }: Search, seqs: readonly number[]): readonly Found[] {
  const list = JSON.stringify(seqs);
  const among = 'r.seq IN (SELECT value FROM json_each(?)) AND r.entity = ?';
  // What stands in a value stands in the JSON; whether it is in a value and not a name is judged then.
  const rows =
    q === ''
      ? sql.all<RecordColumns>(`${selectRecords} WHERE ${among}`, list, entity)
      : sql.all<RecordColumns>(
          `${selectRecords} WHERE ${among} AND (r.data LIKE ? ESCAPE '\\' OR r.cuid = ?)`,
          list,
          entity,
          containing(JSON.stringify(q).slice(1, -1)),
          q,
        );
  return rows.flatMap((columns) => {
    const row = toRecord(columns);
    return fits(row) ? [{ place: order.placeOf(row, columns.seq), row }] : [];
  });
}

/** Everything that fits behind a place, piece by piece, in order; a piece may be empty. */
function* pieces(search: Search, after: Place | undefined, size: number): Generator<readonly Found[], void> {
  const { order, only } = search;
  const inOrder = (one: Found, other: Found): number => order.compare(one.place, other.place);
  if (only !== undefined) {
    const all: Found[] = [];
    for (let from = 0; from < only.length; from += atOnce) {
      all.push(...load(search, only.slice(from, from + atOnce)));
      yield [];
    }
    yield all.filter(({ place }) => after === undefined || order.compare(after, place) < 0).toSorted(inOrder);
    return;
  }
  for (let at = after; ; ) {
    const places = order.next(at, size);
    const last = places.at(-1);
    if (last === undefined) return;
    const seqs = places.map(({ seq }) => seq);
    yield load(search, seqs).toSorted(inOrder);
    if (places.length < size) return;
    at = last;
  }
}

/** Finds a page. @throws AppError `invalid` for a sort or cursor there is not */
export function* findRecords(sql: Sql, query: RecordQuery): Generator<void, Page<RecordRow>> {
  const search = searchOf(sql, query);
  const { order } = search;
  const { limit } = query;
  const found: Found[] = [];
  for (const piece of pieces(search, order.read(query.cursor), search.isOpen ? limit + 1 : atOnce)) {
    found.push(...piece);
    if (found.length > limit) break;
    yield;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ row }) => row),
    nextCursor: found.length > limit && last !== undefined ? order.cursorOf(last.place) : null,
  };
}

/** Counts what fits. */
export function* countRecords(
  sql: Sql,
  query: Omit<RecordQuery, 'limit' | 'cursor' | 'sort'>,
): Generator<void, number> {
  const search = searchOf(sql, query);
  if (search.isOpen)
    return sql.get<{ n: number }>('SELECT count(*) AS n FROM records WHERE entity = ?', query.entity)?.n ?? 0;
  let count = 0;
  for (const piece of pieces(search, undefined, atOnce)) {
    count += piece.length;
    yield;
  }
  return count;
}
