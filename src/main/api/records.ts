/** Worksheets: entities with typed fields and the records in them (SPEC 2, 11). */
import { newId } from '../base/ids.ts';
import { importPiece, importRecords } from './record-import.ts';
import { exportRecords } from './record-export.ts';
import {
  actorOf,
  isOn,
  readFilter,
  requireEntity,
  requireRecord,
  toChangeView,
  toEntityView,
  toRecordView,
  valuesOf,
} from './record-views.ts';
import { pageOfList } from './list-page.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';

/** `entities.*` of the contract. */
export function entityProcedures(os: Procedures, parts: ApiParts) {
  const { store, clock } = parts;
  return {
    list: os.entities.list
      .use(requires('read'))
      .handler(({ input }) =>
        pageOfList(store.read.records.entities().map(toEntityView), input, ({ name }) => name),
      ),

    get: os.entities.get
      .use(requires('read'))
      .handler(({ input: { name } }) => toEntityView(requireEntity(parts, name))),

    create: os.entities.create.use(requires('admin')).handler(async ({ input: { name, fields } }) => {
      await store.write('insertEntity', { name, fields, at: clock.now() });
      return toEntityView(requireEntity(parts, name));
    }),

    change: os.entities.change.use(requires('admin')).handler(async ({ input: { params, query, body } }) => {
      const force = isOn(query.force);
      await store.write('changeEntity', {
        name: params.name,
        fields: body.fields,
        force,
        at: clock.now(),
      });
      return toEntityView(requireEntity(parts, params.name));
    }),

    remove: os.entities.remove.use(requires('admin')).handler(async ({ input: { params, query } }) => {
      await store.write('removeEntity', { name: params.name, force: isOn(query.force) });
      return params;
    }),
  };
}

/** `records.*` of the contract. */
export function recordProcedures(os: Procedures, parts: ApiParts) {
  const { store, clock } = parts;
  return {
    list: os.records.list.use(requires('read')).handler(async ({ input }) => {
      const { name: entity, limit, cursor, q, sort } = input;
      requireEntity(parts, entity);
      const filter = readFilter(input.filter);
      const page = await store.read.records.find({ entity, limit, cursor, q, filter, sort });
      const count = isOn(input.count) ? await store.read.records.count({ entity, q, filter }) : undefined;
      return {
        items: page.items.map(toRecordView),
        nextCursor: page.nextCursor,
        ...(count === undefined ? {} : { count }),
      };
    }),

    create: os.records.create.use(requires('admin')).handler(async ({ input: { params, body }, context }) => {
      const cuid = newId('rec');
      const by = actorOf(context);
      const at = clock.now();
      return toRecordView(
        await store.write('insertRecord', {
          entity: params.name,
          cuid,
          data: valuesOf(parts, params.name, body),
          at,
          by,
        }),
      );
    }),

    get: os.records.get
      .use(requires('read'))
      .handler(({ input: { name, cuid } }) => toRecordView(requireRecord(parts, name, cuid))),

    update: os.records.update.use(requires('admin')).handler(async ({ input: { params, body }, context }) => {
      const { name: entity, cuid } = params;
      const by = actorOf(context);
      const data = valuesOf(parts, entity, body);
      await store.write('patchRecords', { entity, cuids: [cuid], data, at: clock.now(), by });
      return toRecordView(requireRecord(parts, entity, cuid));
    }),

    remove: os.records.remove
      .use(requires('admin'))
      .handler(async ({ input: { name: entity, cuid }, context }) => {
        await store.write('removeRecords', { entity, cuids: [cuid], at: clock.now(), by: actorOf(context) });
        return { cuid };
      }),

    history: os.records.history
      .use(requires('read'))
      .handler(({ input: { name: entity, cuid, limit, cursor } }) => {
        const page = store.read.records.history({ entity, cuid, limit, cursor });
        // That of a deleted record stays; one that never was has none.
        if (page.items.length === 0 && cursor === undefined) requireRecord(parts, entity, cuid);
        return { items: page.items.map(toChangeView), nextCursor: page.nextCursor };
      }),

    updateMany: os.records.updateMany
      .use(requires('admin'))
      .handler(async ({ input: { name: entity, cuids, data }, context }) => {
        await store.write('patchRecords', { entity, cuids, data, at: clock.now(), by: actorOf(context) });
        return { updated: new Set(cuids).size };
      }),

    removeMany: os.records.removeMany
      .use(requires('admin'))
      .handler(async ({ input: { name: entity, cuids }, context }) => {
        await store.write('removeRecords', { entity, cuids, at: clock.now(), by: actorOf(context) });
        return { deleted: new Set(cuids).size };
      }),

    import: os.records.import
      .use(requires('admin'))
      .handler(({ input: { text, ...wish } }) =>
        importRecords(parts, wish, text === undefined ? undefined : [Buffer.from(text)]),
      ),

    upload: os.records.upload.use(requires('admin')).handler(({ input }) => importPiece(parts, input)),

    export: os.records.export
      .use(requires('read'))
      .handler(({ input }) => exportRecords(parts, { ...input, filter: readFilter(input.filter) })),
  };
}
