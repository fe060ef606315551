/** Reads entities, their records and how these were changed (SPEC 2). */
import { fieldsOf } from './entity-fields.ts';
import { cursorSeq, Conditions, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import { countRecords, findRecords } from './records-query.ts';
import type { RecordQuery } from './records-query.ts';
import { selectRecords, toRecord } from './record-rows.ts';
import type { RecordColumns } from './record-rows.ts';
import type { RecordData } from '../../shared/model/record-values.ts';
import { findByKey } from './record-key.ts';
import { readChanges } from './record-history.ts';
import type { Sql } from './sql.ts';
import type { EntityRow, Page, RecordRow } from './types.ts';
import { walkInTurns, walkNow } from './walk.ts';

interface EntityColumns {
  readonly name: string;
  readonly count: number;
  readonly created_at: number;
}

const selectEntities = `SELECT e.name, e.created_at,
  (SELECT count(*) FROM records AS r WHERE r.entity = e.name) AS count FROM entities AS e`;

/** The reads of entities and records. */
export function readRecords(sql: Sql) {
  const toEntity = (row: EntityColumns): EntityRow => ({
    name: row.name,
    fields: fieldsOf(sql, row.name).map(({ rule }) => rule),
    count: row.count,
    createdAt: row.created_at,
  });

  return {
    entities: (): readonly EntityRow[] =>
      sql.all<EntityColumns>(`${selectEntities} ORDER BY e.seq`).map(toEntity),
    entity(name: string): EntityRow | undefined {
      const row = sql.get<EntityColumns>(`${selectEntities} WHERE e.name = ?`, name);
      return row === undefined ? undefined : toEntity(row);
    },
    /** A page at once; newest first unless sorted otherwise. @throws AppError `invalid` for a cursor or sort that is none */
    list: (query: RecordQuery): Page<RecordRow> => walkNow(findRecords(sql, query)),
    /** The same with pauses in which callers are answered. */
    find: (query: RecordQuery): Promise<Page<RecordRow>> => walkInTurns(findRecords(sql, query)),
    /** How many rows a filter holds for, with pauses. */
    count: (query: Omit<RecordQuery, 'limit' | 'cursor' | 'sort'>): Promise<number> =>
      walkInTurns(countRecords(sql, query)),
    byCuid(entity: string, cuid: string): RecordRow | undefined {
      const row = sql.get<RecordColumns>(`${selectRecords} WHERE r.cuid = ? AND r.entity = ?`, cuid, entity);
      return row === undefined ? undefined : toRecord(row);
    },
    /** The record with the values of these fields. @throws AppError `invalid`, `conflict` when there are several */
    byKey(entity: string, key: readonly string[], data: RecordData): RecordRow | undefined {
      const row = findByKey(sql, entity, key, data);
      return row === undefined ? undefined : toRecord(row);
    },
    hasCuid: (cuid: string): boolean => sql.get('SELECT 1 FROM records WHERE cuid = ?', cuid) !== undefined,
    /** The cuid of the record that has a value in a unique field. */
    ownerOf(entity: string, field: string, value: unknown): string | undefined {
      const key = typeof value === 'boolean' ? Number(value) : value;
      if (typeof key !== 'string' && typeof key !== 'number') return undefined;
      return sql.get<{ cuid: string }>(
        `SELECT r.cuid FROM entity_fields AS f JOIN record_keys AS k ON k.field_seq = f.seq
           JOIN records AS r ON r.seq = k.record_seq WHERE f.entity = ? AND f.name = ? AND k.value = ?`,
        entity,
        field,
        key,
      )?.cuid;
    },
    /** Changes of one record, newest first; those of a deleted one stay for a while. */
    history: (query: PageQuery & { readonly entity: string; readonly cuid: string }) => {
      const conditions = new Conditions()
        .add('cuid = ?', query.cuid)
        .add('entity = ?', query.entity)
        .add('seq < ?', cursorSeq(query.cursor));
      return toPage(readChanges(sql, conditions, query.limit + 1), query.limit, (row) => row);
    },
  };
}
