/**
 * Makes, changes and removes entities (SPEC 2). A change goes with every row in one transaction: rows that could not be
 * kept as they are stop it before anything is written.
 */
import { AppError } from '../../shared/errors.ts';
import type { FieldRule } from '../../shared/model/record-values.ts';
import { createRewriting, isAsGood, type FieldChange, type WantedField } from './entities-rewrite.ts';
import { fieldsOf, hasEntity, pathOf, type FieldRow } from './entity-fields.ts';
import { noteChange } from './record-history.ts';
import { parseData } from './record-rows.ts';
import type { Sql } from './sql.ts';
import type { WriteContext } from './write-context.ts';

/** Exists from the start: what callers of the validmind style name (SPEC 3). */
const lastingEntity = 'InventoryModel';

function conflict(message: string, details: Readonly<Record<string, unknown>> = {}): AppError {
  return new AppError({ code: 'conflict', message, details });
}

/** @throws AppError `invalid` for references to entities there are not */
function requireReferences(sql: Sql, own: string, fields: readonly FieldRule[]): void {
  for (const [index, { type, entity = '' }] of fields.entries()) {
    if (type !== 'reference' || entity === own || hasEntity(sql, entity)) continue;
    const message = `There is no entity ${entity}.`;
    throw new AppError({ code: 'invalid', message, details: { path: `fields[${index}].entity` } });
  }
}

function insertField(sql: Sql, entity: string, position: number, rule: FieldRule): void {
  sql.run(
    `INSERT INTO entity_fields (entity, position, name, type, is_unique, is_required, fallback, options, reference, path)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    entity,
    position,
    rule.name,
    rule.type,
    rule.unique === true ? 1 : 0,
    ...laxRules(rule),
    pathOf(rule),
  );
}

/** What may change without a look at the index: whether it is required, its default, options and reference. */
function laxRules(rule: FieldRule): readonly [number, string | null, string | null, string | null] {
  return [
    rule.required === true ? 1 : 0,
    rule.default === undefined || rule.default === null ? null : JSON.stringify(rule.default),
    rule.options === undefined ? null : JSON.stringify(rule.options),
    rule.entity ?? null,
  ];
}

/** Makes an entity. @throws AppError `conflict` when the name is taken, `invalid` */
export function insertEntity(
  context: WriteContext,
  input: { readonly name: string; readonly fields: readonly FieldRule[]; readonly at: number },
): void {
  const { sql } = context;
  if (hasEntity(sql, input.name)) throw conflict(`The entity ${input.name} exists already.`);
  requireReferences(sql, input.name, input.fields);
  sql.run('INSERT INTO entities (name, created_at) VALUES (?, ?)', input.name, input.at);
  for (const [position, rule] of input.fields.entries()) insertField(sql, input.name, position, rule);
  context.emit('records', input.name);
}

/**
 * Gives an entity these fields: those of the same name (or named by `was`) are kept, others made or removed.
 * @throws AppError `not_found`; `invalid` where rows have values a field would not take, with the field's place;
 * `conflict` where values are there twice that are to be unique, or would be lost and `force` is not given
 */
export function changeEntity(
  context: WriteContext,
  input: {
    readonly name: string;
    readonly fields: readonly WantedField[];
    readonly force: boolean;
    readonly at: number;
  },
): void {
  const { sql } = context;
  const { name, fields, at } = input;
  if (!hasEntity(sql, name))
    throw new AppError({ code: 'not_found', message: `There is no entity ${name}.` });
  requireReferences(sql, name, fields);
  const present = fieldsOf(sql, name);
  const changes = planChanges(present, fields);
  const isNew = (rule: WantedField): boolean => !changes.some(({ to }) => to === rule);
  const rows = changes.some(isRemade) || fields.some(isNew) ? rowsOf(sql, name) : [];
  const rewrite = createRewriting(sql, fields, changes, input.force);
  const written = rows.flatMap((row) => {
    const before = parseData(row.data);
    const after = rewrite.apply(row.cuid, before);
    const text = JSON.stringify(after);
    return text === row.data ? [] : [{ ...row, before, after, text }];
  });
  rewrite.refuse();

  // Fields whose index would be another go first and come back after the rows: making them fills it.
  const remade = new Set(changes.filter((change) => isRemade(change)).map(({ from }) => from.seq));
  for (const seq of remade) sql.run('DELETE FROM entity_fields WHERE seq = ?', seq);
  // Values that only go by another name have not changed.
  const isRenaming =
    changes.every(({ from, to }) => to !== null && isAsGood(from.rule, to)) && !fields.some(isNew);
  sql.run("INSERT INTO meta (key, value) VALUES ('entity_changes', 1)");
  for (const { seq, cuid, before, after, text } of written) {
    sql.run('UPDATE records SET data = ?, updated_at = ? WHERE seq = ?', text, at, seq);
    if (!isRenaming) noteChange(sql, { cuid, entity: name, before, after, at, by: { kind: 'entity' } });
  }
  sql.run("DELETE FROM meta WHERE key = 'entity_changes'");
  for (const [position, rule] of fields.entries()) {
    const kept = changes.find((change) => change.to === rule && !remade.has(change.from.seq));
    if (kept === undefined) insertField(sql, name, position, rule);
    else {
      sql.run(
        `UPDATE entity_fields SET position = ?, is_required = ?, fallback = ?, options = ?, reference = ?
         WHERE seq = ?`,
        position,
        ...laxRules(rule),
        kept.from.seq,
      );
    }
  }
  context.emit('records', name);
}

interface StoredRow {
  readonly seq: number;
  readonly cuid: string;
  readonly data: string;
}

function rowsOf(sql: Sql, entity: string): readonly StoredRow[] {
  return sql.all<StoredRow>('SELECT seq, cuid, data FROM records WHERE entity = ? ORDER BY seq', entity);
}

function planChanges(present: readonly FieldRow[], fields: readonly WantedField[]): readonly FieldChange[] {
  for (const [index, { was }] of fields.entries()) {
    const path = `fields[${index}].was`;
    if (was === undefined) continue;
    if (!present.some(({ rule }) => rule.name === was))
      throw new AppError({ code: 'invalid', message: `There is no field ${was}.`, details: { path } });
    if (fields.findIndex((one) => (one.was ?? one.name) === was) !== index)
      throw new AppError({ code: 'invalid', message: `Two fields were ${was}.`, details: { path } });
  }
  return present.map((from) => {
    const position = fields.findIndex((field) => (field.was ?? field.name) === from.rule.name);
    return { from, to: fields[position] ?? null, position };
  });
}

function isRemade({ from: { rule }, to }: FieldChange): boolean {
  return (
    to === null ||
    to.name !== rule.name ||
    (to.unique === true) !== (rule.unique === true) ||
    !isAsGood(rule, to)
  );
}

/**
 * Removes an entity with its records and their history.
 * @throws AppError `not_found`; `conflict` while it has records and `force` is not given, while a field of another
 * entity names its records, and for the entity every install has
 */
export function removeEntity(
  context: WriteContext,
  { name, force }: { readonly name: string; readonly force: boolean },
): void {
  const { sql } = context;
  if (!hasEntity(sql, name))
    throw new AppError({ code: 'not_found', message: `There is no entity ${name}.` });
  if (name === lastingEntity) throw conflict(`${name} is part of every install and stays.`);
  const user = sql.get<{ entity: string; name: string }>(
    'SELECT entity, name FROM entity_fields WHERE reference = ? AND entity <> ?',
    name,
    name,
  );
  if (user !== undefined)
    throw conflict(`The field ${user.name} of ${user.entity} names records of ${name}.`, { ...user });
  const count = sql.get<{ n: number }>('SELECT count(*) AS n FROM records WHERE entity = ?', name)?.n ?? 0;
  if (count > 0 && !force)
    throw conflict(`${name} has ${count} records; force=true deletes them with it.`, { count });
  sql.run('DELETE FROM entity_fields WHERE entity = ?', name);
  sql.run('DELETE FROM record_history WHERE entity = ?', name);
  sql.run('DELETE FROM records WHERE entity = ?', name);
  sql.run('DELETE FROM entities WHERE name = ?', name);
  context.emit('records', name);
}
