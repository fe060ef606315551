/** Reads entities and their records (SPEC 2): worksheet rows kept as JSON, ordered by the sequence they were made in. */
import { readEntityFields, readObject } from './columns.ts';
import { Conditions, containing, cursorSeq, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import type { Sql } from './sql.ts';
import type { EntityRow, Page, RecordRow } from './types.ts';

interface EntityColumns {
  readonly name: string;
  readonly fields: string;
  readonly count: number;
  readonly created_at: number;
}

interface RecordColumns {
  readonly seq: number;
  readonly cuid: string;
  readonly entity: string;
  readonly data: string;
  readonly created_at: number;
  readonly updated_at: number;
}

const selectEntities = `SELECT e.name, e.fields, e.created_at,
  (SELECT count(*) FROM records AS r WHERE r.entity = e.name) AS count FROM entities AS e`;
const selectRecords = 'SELECT seq, cuid, entity, data, created_at, updated_at FROM records';

function toEntity(row: EntityColumns): EntityRow {
  return {
    name: row.name,
    fields: readEntityFields(row.fields) ?? [],
    count: row.count,
    createdAt: row.created_at,
  };
}

function toRecord(row: RecordColumns): RecordRow {
  return {
    cuid: row.cuid,
    entity: row.entity,
    data: readObject(row.data) ?? {},
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The reads of entities and records. */
export function readRecords(sql: Sql) {
  return {
    entities: (): readonly EntityRow[] =>
      sql.all<EntityColumns>(`${selectEntities} ORDER BY e.seq`).map(toEntity),
    entity(name: string): EntityRow | undefined {
      const row = sql.get<EntityColumns>(`${selectEntities} WHERE e.name = ?`, name);
      return row === undefined ? undefined : toEntity(row);
    },
    /** Newest first; `q` is found in the data or as the cuid. */
    list(query: PageQuery & { readonly entity: string; readonly q?: string | undefined }): Page<RecordRow> {
      const conditions = new Conditions()
        .add('entity = ?', query.entity)
        .add('seq < ?', cursorSeq(query.cursor));
      if (query.q !== undefined && query.q !== '') {
        conditions.add("(data LIKE ? ESCAPE '\\' OR cuid = ?)", containing(query.q), query.q);
      }
      const rows = sql.all<RecordColumns>(
        `${selectRecords} ${conditions.where} ORDER BY seq DESC LIMIT ?`,
        ...conditions.values,
        query.limit + 1,
      );
      return toPage(rows, query.limit, toRecord);
    },
    byCuid(entity: string, cuid: string): RecordRow | undefined {
      const row = sql.get<RecordColumns>(`${selectRecords} WHERE cuid = ? AND entity = ?`, cuid, entity);
      return row === undefined ? undefined : toRecord(row);
    },
  };
}
