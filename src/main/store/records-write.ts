/** Writes entities and their records (SPEC 2). */
import { AppError } from '../../shared/errors.ts';
import type { WriteContext } from './write-context.ts';

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
