/** Worksheets as the API shows them, and what its calls have in common (SPEC 2, 11). */
import { z } from 'zod';
import type { RecordChangeView } from '../../shared/contract/records.ts';
import type { EntityView, RecordView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { filterSchema, recordActorSchema, recordChangeKinds } from '../../shared/model/record.ts';
import type { Condition } from '../../shared/model/record-filter.ts';
import type { EntityRow, RecordActorRow, RecordChangeRow, RecordRow } from '../store/types.ts';
import { invalid, toInputIssues } from './issues.ts';
import type { ApiParts } from './parts.ts';
import type { ApiContext } from './procedures.ts';
import { toTime } from './times.ts';

type RecordValues = Readonly<Record<string, unknown>>;

export function toEntityView(row: EntityRow): EntityView {
  const fields = row.fields.map(({ options, ...rule }) => ({
    ...rule,
    ...(options === undefined ? {} : { options: [...options] }),
  }));
  return { name: row.name, fields, count: row.count, createdAt: toTime(row.createdAt) };
}

export function toRecordView(row: RecordRow): RecordView {
  const { createdAt, updatedAt, data, ...rest } = row;
  return { ...rest, data: { ...data }, createdAt: toTime(createdAt), updatedAt: toTime(updatedAt) };
}

export function toChangeView(row: RecordChangeRow): RecordChangeView {
  return {
    change: z.enum(recordChangeKinds).parse(row.change),
    before: row.before && { ...row.before },
    after: row.after && { ...row.after },
    at: toTime(row.at),
    by: recordActorSchema.parse(JSON.parse(row.actorJson)),
  };
}

/** @throws AppError `not_found` */
export function requireEntity({ store }: Pick<ApiParts, 'store'>, name: string): EntityRow {
  const entity = store.read.records.entity(name);
  if (entity === undefined) throw new AppError({ code: 'not_found', message: `There is no entity ${name}.` });
  return entity;
}

/** @throws AppError `not_found` */
export function requireRecord({ store }: Pick<ApiParts, 'store'>, name: string, cuid: string): RecordRow {
  const record = store.read.records.byCuid(name, cuid);
  if (record === undefined) throw new AppError({ code: 'not_found', message: 'No such record.' });
  return record;
}

/**
 * The values of a body: the body itself, or its `data`, where it holds nothing else and the entity has no such field. So
 * what is written may look like what is read.
 */
export function valuesOf(parts: Pick<ApiParts, 'store'>, name: string, body: RecordValues): RecordValues {
  const inner = z.record(z.string(), z.unknown()).safeParse(body['data']);
  if (!inner.success || Object.keys(body).length !== 1) return body;
  const isField =
    parts.store.read.records.entity(name)?.fields.some((field) => field.name === 'data') === true;
  return isField ? body : inner.data;
}

/** Who calls: only calls of `/v1` have an id of their own. */
export function actorOf({ requestId }: Pick<ApiContext, 'requestId'>): RecordActorRow {
  return { kind: requestId === undefined ? 'app' : 'api' };
}

/** A filter, which a URL holds as JSON. @throws AppError `invalid` */
export function readFilter(given: string | readonly Condition[] | undefined): readonly Condition[] {
  if (given === undefined || given === '') return [];
  const read = filterSchema.safeParse(typeof given === 'string' ? parse(given) : given);
  if (read.success) return read.data;
  throw invalid(
    toInputIssues(read.error.issues.map((issue) => ({ ...issue, path: ['filter', ...issue.path] }))),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid([{ path: 'filter', message: 'is no JSON' }]);
  }
}

/** A switch of a query. */
export function isOn(flag: boolean | 'true' | 'false' | undefined): boolean {
  return flag === true || flag === 'true';
}
