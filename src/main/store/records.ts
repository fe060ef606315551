/** Entities and their records (SPEC 2): worksheet rows kept as JSON, ordered by the sequence they were made in. */
import { AppError } from '../../shared/errors.ts';
import { readEntityFields, readObject } from './columns.ts';
import { Conditions, containing, cursorSeq, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import type { Sql } from './sql.ts';
import type { EntityRow, Page, RecordRow } from './types.ts';
import type { WriteContext } from './write-context.ts';

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

/** Makes an entity. @throws AppError `conflict` when the name is taken */
export function insertEntity(
  context: WriteContext,
  input: {
    readonly name: string;
    readonly fields: readonly { readonly name: string; readonly type: string }[];
    readonly at: number;
  },
): void {
  if (context.sql.get('SELECT 1 FROM entities WHERE name = ?', input.name) !== undefined) {
    throw new AppError({ code: 'conflict', message: `The entity ${input.name} exists already.` });
  }
  context.sql.run(
    'INSERT INTO entities (name, fields, created_at) VALUES (?, ?, ?)',
    input.name,
    JSON.stringify(input.fields),
    input.at,
  );
  context.emit('records', input.name);
}

/** Makes a record. @throws AppError `not_found` for an unknown entity, `conflict` for a known cuid */
export function insertRecord(
  context: WriteContext,
  input: {
    readonly cuid: string;
    readonly entity: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly at: number;
  },
): void {
  if (context.sql.get('SELECT 1 FROM entities WHERE name = ?', input.entity) === undefined) {
    throw new AppError({ code: 'not_found', message: `There is no entity ${input.entity}.` });
  }
  if (context.sql.get('SELECT 1 FROM records WHERE cuid = ?', input.cuid) !== undefined) {
    throw new AppError({ code: 'conflict', message: `The cuid ${input.cuid} exists already.` });
  }
  context.sql.run(
    'INSERT INTO records (cuid, entity, data, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    input.cuid,
    input.entity,
    JSON.stringify(input.data),
    input.at,
    input.at,
  );
  context.emit('records', input.entity);
}

/** Replaces the data of a record. @throws AppError `not_found` */
export function updateRecord(
  context: WriteContext,
  input: {
    readonly entity: string;
    readonly cuid: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly at: number;
  },
): void {
  const changed = context.sql.run(
    'UPDATE records SET data = ?, updated_at = ? WHERE cuid = ? AND entity = ?',
    JSON.stringify(input.data),
    input.at,
    input.cuid,
    input.entity,
  );
  if (changed === 0) throw new AppError({ code: 'not_found', message: 'No such record.' });
  context.emit('records', input.entity);
}

/** Removes a record. @throws AppError `not_found` */
export function removeRecord(
  context: WriteContext,
  { entity, cuid }: { readonly entity: string; readonly cuid: string },
): void {
  const changed = context.sql.run('DELETE FROM records WHERE cuid = ? AND entity = ?', cuid, entity);
  if (changed === 0) throw new AppError({ code: 'not_found', message: 'No such record.' });
  context.emit('records', entity);
}
