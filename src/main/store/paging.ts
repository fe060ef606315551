/** Lists by sequence number, newest first: cursors, WHERE clauses put together from filters, LIKE patterns. */
import { AppError } from '../../shared/errors.ts';
import type { SqlValue } from './sql.ts';
import type { Page } from './types.ts';

/** How every list is asked for. `cursor` is the `nextCursor` of the page before. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/** The sequence number a page begins below. @throws AppError `invalid` for a cursor that is none */
export function cursorSeq(cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^\d{1,15}$/.test(cursor)) {
    throw new AppError({
      code: 'invalid',
      message: 'The cursor is not one of ours.',
      details: { path: 'cursor' },
    });
  }
  return Number(cursor);
}

/** Cuts what was read with `limit + 1` into a page. */
export function toPage<Row extends { readonly seq: number }, Item>(
  rows: readonly Row[],
  limit: number,
  map: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(map),
    nextCursor: rows.length > limit && last !== undefined ? String(last.seq) : null,
  };
}

/** Collects the conditions of a WHERE clause with their values; a filter that was not given adds nothing. */
export class Conditions {
  readonly #texts: string[] = [];
  readonly values: SqlValue[] = [];

  /** Adds a condition with one `?` per value. */
  add(text: string, ...values: readonly SqlValue[]): this {
    this.#texts.push(text);
    this.values.push(...values);
    return this;
  }

  /** Adds a condition on a value where there is one. */
  addIf<Value extends SqlValue>(text: string, value: Value | undefined): this {
    return value === undefined ? this : this.add(text, value);
  }

  get where(): string {
    return this.#texts.length === 0 ? '' : `WHERE ${this.#texts.join(' AND ')}`;
  }
}

/** A LIKE pattern (with `ESCAPE '\'`) that finds the text anywhere. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
