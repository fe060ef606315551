/** Worksheets: entities and their records, found, changed, brought in and taken out. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { ImportResult, RecordChangeView } from '../../shared/contract/records.ts';
import type { EntityView, RecordView } from '../../shared/contract/views.ts';
import type { Condition } from '../../shared/model/record-filter.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineMirror, defineSingle } from './mirror.ts';

type Inputs<Name extends keyof HookyardClient['records']> = NonNullable<
  Parameters<HookyardClient['records'][Name]>[0]
>;
export type EntityField = EntityView['fields'][number];

export const entitiesMirror = defineSingle<readonly EntityView[]>({
  topics: ['records'],
  read: async (client, signal) => (await client.entities.list(undefined, { signal })).items,
});

/** A record with its `cuid` as the row's id. */
export type RecordRow = RecordView & { readonly id: string };
const toRow = (record: RecordView): RecordRow => ({ ...record, id: record.cuid });

/** Which records of an entity, and in which order. */
export interface RecordQuery {
  readonly entity: string;
  readonly q?: string;
  /** All of them must hold. */
  readonly filter?: readonly Condition[];
  /** A field; with `-` before it the largest first. */
  readonly sort?: string;
}

const queryOf = ({ entity, filter, ...rest }: RecordQuery) => ({
  name: entity,
  ...rest,
  ...(filter === undefined || filter.length === 0 ? {} : { filter: filter.map((one) => ({ ...one })) }),
});

/** Records of an entity, newest first unless sorted. */
export const recordList = defineList<RecordQuery, RecordRow>({
  topics: ['records'],
  rowTopic: 'records',
  page: async (client, query, place, signal) => {
    const page = await client.records.list({ ...queryOf(query), ...place }, { signal });
    return { items: page.items.map(toRow), nextCursor: page.nextCursor };
  },
});

/** Changes of a record, newest first. */
export const recordHistory = defineMirror<
  { readonly name: string; readonly cuid: string },
  readonly RecordChangeView[]
>({
  topics: ['records'],
  read: async (client, place, signal) =>
    (await client.records.history({ ...place, limit: 100 }, { signal })).items,
});

export const createEntity = (name: string, fields: readonly EntityField[]): Promise<EntityView> =>
  call((client) => client.entities.create({ name, fields: [...fields] }));
/** Fields as they are to be; `was` names the one a renamed field has been. `force`: values may be lost. */
export const changeEntity = (
  name: string,
  fields: readonly (EntityField & { readonly was?: string })[],
  force: boolean,
): Promise<EntityView> =>
  call((client) =>
    client.entities.change({ params: { name }, query: { force }, body: { fields: [...fields] } }),
  );
/** Deletes an entity with its records. */
export const removeEntity = (name: string) =>
  call((client) => client.entities.remove({ params: { name }, query: { force: true } }));
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
/** Deletes chosen records, all or none. */
export const removeRecords = (entity: string, cuids: readonly string[]): Promise<number> =>
  call(async (client) => (await client.records.removeMany({ name: entity, cuids: [...cuids] })).deleted);

/** Characters sent at once: a message must not be large. */
const pieceLength = 500_000;

/** Sends a file piece by piece; answers the name it is kept by for an hour. */
export const uploadFile = (
  entity: string,
  text: string,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<string> =>
  call(async (client) => {
    let upload: string | undefined;
    for (let at = 0; at < text.length || upload === undefined; at += pieceLength) {
      const piece = { name: entity, text: text.slice(at, at + pieceLength) };
      const answer = await client.records.upload(upload === undefined ? piece : { ...piece, upload }, {
        signal,
      });
      upload = answer.upload;
      onSent(Math.min(1, (at + pieceLength) / Math.max(1, text.length)));
    }
    return upload;
  }, signal);

/** How a file is brought in. */
export type ImportWish = Omit<Inputs<'import'>, 'name' | 'text'>;

/** Brings a file in as a job, or with `dryRun` only says what it would do. */
export const importRecords = (entity: string, wish: ImportWish): Promise<ImportResult> =>
  call((client) => client.records.import({ name: entity, ...wish }));

/** A file of records. */
export interface RecordFile {
  readonly fileName: string;
  readonly parts: readonly string[];
  readonly count: number;
}

/** Takes records out as a file; `onCount` hears how many it holds so far. Throws `AbortError` when cancelled. */
export const exportRecords = (
  query: RecordQuery,
  format: 'csv' | 'json',
  onCount: (count: number) => void,
  signal: AbortSignal,
): Promise<RecordFile> =>
  call(async (client) => {
    const parts: string[] = [];
    const pieces = await client.records.export({ ...queryOf(query), format }, { signal });
    for (;;) {
      const { done, value } = await pieces.next();
      if (done === true) return { ...value, parts };
      parts.push(value.text);
      onCount(value.count);
    }
  }, signal);
