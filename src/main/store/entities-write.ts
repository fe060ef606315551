/**
 * Makes, changes and removes entities (SPEC 2). A change goes with every row in one transaction: rows that could not be
 * kept as they are stop it before anything is written.
 */
import { AppError } from '../../shared/errors.ts';
import { judgeValue, ownValue, type FieldRule, type RecordData } from '../../shared/model/record-values.ts';
import { fieldsOf, hasEntity, pathOf, type FieldRow } from './entity-fields.ts';
import { noteChange } from './record-history.ts';
import { parseData } from './record-rows.ts';
import type { Sql } from './sql.ts';
import type { WriteContext } from './write-context.ts';

/** Exists from the start: what callers of the validmind style name (SPEC 3). */
const lastingEntity = 'InventoryModel';
/** Rows named for one fault. */
const mostNamed = 5;

/** A field as it is to be; `was`: the name it has until now. */
export interface WantedField extends FieldRule {
  readonly was?: string | undefined;
}

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

/** What becomes of a field that there is. */
interface FieldChange {
  readonly from: FieldRow;
  /** Null: it goes. */
  readonly to: FieldRule | null;
  readonly position: number;
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
  const rows = sql.all<{ seq: number; cuid: string; data: string }>(
    'SELECT seq, cuid, data FROM records WHERE entity = ? ORDER BY seq',
    name,
  );
  const rewrite = createRewriting(sql, fields, changes, input.force);
  const written = rows.flatMap((row) => {
    const before = parseData(row.data);
    const after = rewrite.apply(row.cuid, before);
    return after === before ? [] : [{ ...row, before, after }];
  });
  rewrite.refuse();

  // Fields whose index would be another go first and come back after the rows: making them fills it.
  const remade = new Set(changes.filter((change) => isRemade(change)).map(({ from }) => from.seq));
  for (const seq of remade) sql.run('DELETE FROM entity_fields WHERE seq = ?', seq);
  for (const { seq, cuid, before, after } of written) {
    sql.run('UPDATE records SET data = ?, updated_at = ? WHERE seq = ?', JSON.stringify(after), at, seq);
    noteChange(sql, { cuid, entity: name, before, after, at, by: { kind: 'entity' } });
  }
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
    to.type !== rule.type ||
    (to.unique === true) !== (rule.unique === true)
  );
}

/** Whether whatever fitted the one rule fits the other. */
function isAsGood(from: FieldRule, to: FieldRule): boolean {
  return (
    from.type === to.type &&
    from.entity === to.entity &&
    (from.options ?? []).every((option) => to.options?.includes(option)) &&
    (to.required !== true || from.required === true) &&
    (to.unique !== true || from.unique === true)
  );
}

/** Notes rows that stand in the way, some by name. */
function createFaults() {
  const faults = new Map<string, { message: string; count: number; cuids: string[] }>();
  return {
    faults,
    add(path: string, message: string, cuid: string): void {
      const known = faults.get(path) ?? { message, count: 0, cuids: [] };
      known.count += 1;
      if (known.cuids.length < mostNamed) known.cuids.push(cuid);
      faults.set(path, known);
    },
  };
}

/** Brings rows into their new form, and finds what stands against it. */
function createRewriting(
  sql: Sql,
  fields: readonly WantedField[],
  changes: readonly FieldChange[],
  isForced: boolean,
) {
  const { faults, add } = createFaults();
  const lost = createFaults();
  const seen = new Map<string, Map<unknown, string>>();
  const isSettled = fields.map((rule) => {
    const from = changes.find(({ to }) => to === rule)?.from.rule;
    return from !== undefined && isAsGood(from, rule);
  });
  let twice: AppError | undefined;

  function requireAlone(rule: FieldRule, value: unknown, cuid: string): void {
    const values = seen.get(rule.name) ?? new Map<unknown, string>();
    const other = values.get(value);
    seen.set(rule.name, values.set(value, cuid));
    if (other === undefined || twice !== undefined) return;
    twice = conflict(`${rule.name} can not be unique: ${other} and ${cuid} have the same value.`, {
      field: rule.name,
      cuid: other,
    });
  }

  function isThere(rule: FieldRule, value: unknown): boolean {
    return (
      rule.type !== 'reference' ||
      sql.get('SELECT 1 FROM records WHERE cuid = ? AND entity = ?', String(value), rule.entity ?? '') !==
        undefined
    );
  }

  /** The value a field has after the change; undefined for none. */
  function valueAfter(index: number, rule: FieldRule, given: unknown, cuid: string): unknown {
    const value = given ?? (rule.required === true ? rule.default : undefined);
    if (value === undefined || value === null) {
      if (rule.required === true) add(`fields[${index}].required`, 'must have a value', cuid);
      return undefined;
    }
    const verdict = judgeValue(rule, value, true);
    const isGood = verdict.ok && isThere(rule, verdict.value);
    if (!isGood) {
      add(`fields[${index}].type`, verdict.ok ? 'must name a record' : verdict.message, cuid);
      return value;
    }
    if (rule.unique === true) requireAlone(rule, verdict.value, cuid);
    return verdict.value;
  }

  return {
    apply(cuid: string, before: RecordData): RecordData {
      const values = new Map(Object.entries(before));
      for (const { from, to } of changes) {
        const { name } = from.rule;
        if (to?.name === name) continue;
        if (to === null && ownValue(before, name) !== undefined) lost.add(name, '', cuid);
        values.delete(name);
      }
      for (const [index, rule] of fields.entries()) {
        const given = ownValue(before, rule.was ?? rule.name);
        const value = isSettled[index] === true ? given : valueAfter(index, rule, given, cuid);
        if (value === undefined) values.delete(rule.name);
        else values.set(rule.name, value);
      }
      const after = Object.fromEntries(values);
      return JSON.stringify(after) === JSON.stringify(before) ? before : after;
    },
    /** @throws AppError for what was found */
    refuse(): void {
      const issues = [...faults].map(([path, { message, count, cuids }]) => {
        const rows = count === 1 ? '1 record' : `${count} records`;
        return {
          path,
          message: `${message}; not so in ${rows}: ${cuids.join(', ')}${count > cuids.length ? ', …' : ''}`,
        };
      });
      const [first] = issues;
      if (first !== undefined)
        throw new AppError({
          code: 'invalid',
          message: `${first.path}: ${first.message}`,
          details: { issues },
        });
      if (twice !== undefined) throw twice;
      const [gone] = lost.faults;
      if (gone === undefined || isForced) return;
      const [field, { count }] = gone;
      throw conflict(`Removing ${field} deletes its value in ${count} records; force=true does it.`, {
        field,
        count,
      });
    },
  };
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
