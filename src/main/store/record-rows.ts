/** How a row of the records table becomes a RecordRow. Read by the writer too, and so without validators. */
import type { RecordData } from '../../shared/model/record-values.ts';
import type { RecordRow } from './types.ts';

export interface RecordColumns {
  readonly seq: number;
  readonly cuid: string;
  readonly entity: string;
  readonly data: string;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Reads rows under the alias `r`. */
export const selectRecords =
  'SELECT r.seq, r.cuid, r.entity, r.data, r.created_at, r.updated_at FROM records AS r';

const isData = (value: unknown): value is RecordData =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A data column; all of its keys are its own, `__proto__` too. */
export function parseData(text: string): RecordData {
  const value: unknown = JSON.parse(text);
  return isData(value) ? value : {};
}

/** Maps a row. */
export function toRecord(row: RecordColumns): RecordRow {
  return {
    cuid: row.cuid,
    entity: row.entity,
    data: parseData(row.data),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
