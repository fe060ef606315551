/** Worksheets: entities with typed fields and the records in them (SPEC 2, 11). */
import { z } from 'zod';
import type { EntityView, RecordView } from '../../shared/contract/views.ts';
import { entitySchema } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import type { Issue } from '../../shared/model/document.ts';
import { newId } from '../base/ids.ts';
import type { EntityRow, RecordRow } from '../store/types.ts';
import { invalid } from './issues.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime } from './times.ts';

type FieldType = EntityView['fields'][number]['type'];

const validators: Readonly<Record<FieldType, z.ZodType>> = {
  string: z.string(),
  number: z.number(),
  boolean: z.boolean(),
  date: z.union([z.iso.datetime({ offset: true }), z.iso.date()]),
  json: z.unknown(),
};

const wanted: Readonly<Record<FieldType, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date, such as 2026-03-23 or 2026-03-23T15:30:00Z',
  json: 'any value',
};

const fieldTypeSchema = entitySchema.shape.fields.element.shape.type;

function toEntityView(row: EntityRow): EntityView {
  const fields = row.fields.map(({ name, type }) => ({ name, type: fieldTypeSchema.parse(type) }));
  return { name: row.name, fields, count: row.count, createdAt: toTime(row.createdAt) };
}

function toRecordView(row: RecordRow): RecordView {
  return {
    cuid: row.cuid,
    entity: row.entity,
    data: { ...row.data },
    createdAt: toTime(row.createdAt),
    updatedAt: toTime(row.updatedAt),
  };
}

/** Faults of values in declared fields; a field the entity does not declare takes any value. */
function faultsOf(entity: EntityRow, data: Readonly<Record<string, unknown>>): readonly Issue[] {
  return entity.fields.flatMap(({ name, type: typeName }) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value === undefined || value === null) return [];
    const type = fieldTypeSchema.parse(typeName);
    return validators[type].safeParse(value).success
      ? []
      : [{ path: name, message: `must be ${wanted[type]}` }];
  });
}

function withoutNulls(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
}

function requireEntity({ store }: ApiParts, name: string): EntityRow {
  const entity = store.read.records.entity(name);
  if (entity === undefined) throw new AppError({ code: 'not_found', message: `There is no entity ${name}.` });
  return entity;
}

function requireRecord({ store }: ApiParts, name: string, cuid: string): RecordRow {
  const record = store.read.records.byCuid(name, cuid);
  if (record === undefined) throw new AppError({ code: 'not_found', message: 'No such record.' });
  return record;
}

/** `entities.*` of the contract. */
export function entityProcedures(os: Procedures, parts: ApiParts) {
  const { store, clock } = parts;
  return {
    list: os.entities.list
      .use(requires('read'))
      .handler(() => ({ items: store.read.records.entities().map(toEntityView), nextCursor: null })),

    create: os.entities.create.use(requires('admin')).handler(async ({ input }) => {
      const names = input.fields.map((field) => field.name);
      const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
      if (twice >= 0) {
        throw invalid([{ path: `fields[${twice}].name`, message: 'Another field has this name.' }]);
      }
      await store.write('insertEntity', { name: input.name, fields: input.fields, at: clock.now() });
      return toEntityView(requireEntity(parts, input.name));
    }),
  };
}

/** `records.*` of the contract. */
export function recordProcedures(os: Procedures, parts: ApiParts) {
  const { store, clock } = parts;

  function check(name: string, data: Readonly<Record<string, unknown>>): void {
    const faults = faultsOf(requireEntity(parts, name), data);
    if (faults.length > 0) throw invalid(faults);
  }

  return {
    list: os.records.list.use(requires('read')).handler(({ input: { name, limit, cursor, q } }) => {
      requireEntity(parts, name);
      const page = store.read.records.list({ entity: name, limit, cursor, q });
      return { items: page.items.map(toRecordView), nextCursor: page.nextCursor };
    }),

    create: os.records.create.use(requires('admin')).handler(async ({ input: { params, body } }) => {
      check(params.name, body);
      const cuid = newId('rec');
      await store.write('insertRecord', {
        entity: params.name,
        cuid,
        data: withoutNulls(body),
        at: clock.now(),
      });
      return toRecordView(requireRecord(parts, params.name, cuid));
    }),

    get: os.records.get
      .use(requires('read'))
      .handler(({ input: { name, cuid } }) => toRecordView(requireRecord(parts, name, cuid))),

    update: os.records.update.use(requires('admin')).handler(async ({ input: { params, body } }) => {
      check(params.name, body);
      const { data } = requireRecord(parts, params.name, params.cuid);
      await store.write('updateRecord', {
        entity: params.name,
        cuid: params.cuid,
        data: withoutNulls({ ...data, ...body }),
        at: clock.now(),
      });
      return toRecordView(requireRecord(parts, params.name, params.cuid));
    }),

    remove: os.records.remove.use(requires('admin')).handler(async ({ input: { name, cuid } }) => {
      requireRecord(parts, name, cuid);
      await store.write('removeRecord', { entity: name, cuid });
      return { cuid };
    }),
  };
}
