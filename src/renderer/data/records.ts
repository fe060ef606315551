/** Worksheets: entities and their records. */
import type { EntityView, RecordView } from '../../shared/contract/views.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineSingle } from './mirror.ts';

export const entitiesMirror = defineSingle<readonly EntityView[]>({
  topics: ['records'],
  read: async (client, signal) => (await client.entities.list(undefined, { signal })).items,
});

/** A record with its `cuid` as the row's id. */
export type RecordRow = RecordView & { readonly id: string };
const toRow = (record: RecordView): RecordRow => ({ ...record, id: record.cuid });

/** Records of an entity, newest first. */
export const recordList = defineList<{ readonly entity: string; readonly q?: string }, RecordRow>({
  topics: ['records'],
  rowTopic: 'records',
  page: async (client, { entity, q }, place, signal) => {
    const page = await client.records.list(
      { name: entity, ...(q === undefined ? {} : { q }), ...place },
      { signal },
    );
    return { items: page.items.map(toRow), nextCursor: page.nextCursor };
  },
});

export const createEntity = (name: string, fields: EntityView['fields']): Promise<EntityView> =>
  call((client) => client.entities.create({ name, fields }));
export const createRecord = (entity: string, data: Readonly<Record<string, unknown>>): Promise<RecordView> =>
  call((client) => client.records.create({ params: { name: entity }, body: { ...data } }));
/** Changes fields; null removes one. */
export const updateRecord = (
  entity: string,
  cuid: string,
  data: Readonly<Record<string, unknown>>,
): Promise<RecordView> =>
  call((client) => client.records.update({ params: { name: entity, cuid }, body: { ...data } }));
export const removeRecord = (entity: string, cuid: string) =>
  call((client) => client.records.remove({ name: entity, cuid }));
