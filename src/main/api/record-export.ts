/**
 * Records taken out as a file, CSV or JSON: written page by page, so that neither the file nor the list is ever held
 * whole. What is exported can be imported again and gives the same records.
 */
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Context } from 'koa';
import { z } from 'zod';
import { recordExportShape } from '../../shared/contract/records.ts';
import { AppError } from '../../shared/errors.ts';
import type { Condition } from '../../shared/model/record-filter.ts';
import type { RecordRow } from '../store/types.ts';
import type { ExportEnd, ExportPiece } from './export.ts';
import { toInputIssues } from './issues.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope } from './procedures.ts';
import { toCell, toCsv } from './record-csv.ts';
import { readFilter, requireEntity, toRecordView } from './record-views.ts';
import { toTime } from './times.ts';

const pageSize = 500;
/** Columns of one file beside the declared ones. */
const mostColumns = 1_000;

export interface RecordExport {
  readonly name: string;
  readonly format: 'csv' | 'json';
  readonly q?: string | undefined;
  readonly filter: readonly Condition[];
  readonly sort?: string | undefined;
}

/** What the file is called and is; its name holds nothing but the entity's (RELIABILITY M6). */
function fileOf({ name, format }: RecordExport, at: number): Pick<ExportEnd, 'fileName' | 'contentType'> {
  const stamp = toTime(at).replace(/[-:]|\.\d+/g, '');
  const contentType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json';
  return { fileName: `${name}-${stamp}.${format}`, contentType };
}

/** Pages of what is asked for; others have their turn between them. */
async function* pagesOf(
  { store }: ApiParts,
  wish: RecordExport,
): AsyncGenerator<readonly RecordRow[], void, void> {
  const { name: entity, q, filter, sort = 'createdAt' } = wish;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.read.records.find({ entity, q, filter, sort, limit: pageSize, cursor });
    yield page.items;
    cursor = page.nextCursor;
    await nextTurn();
  }
}

/** Writes the file, the oldest record first unless sorted. Stops where the reader stops. */
export async function* exportRecords(
  parts: ApiParts,
  wish: RecordExport,
): AsyncGenerator<ExportPiece, ExportEnd, void> {
  requireEntity(parts, wish.name);
  const file = fileOf(wish, parts.clock.now());
  const write = wish.format === 'csv' ? csvPieces(parts, wish) : jsonPieces(parts, wish);
  let count = 0;
  for await (const piece of write) {
    count += piece.count;
    yield { text: piece.text, count };
  }
  return { ...file, count, cut: false };
}

async function* jsonPieces(parts: ApiParts, wish: RecordExport): AsyncGenerator<ExportPiece, void, void> {
  let isFirst = true;
  yield { text: '[', count: 0 };
  for await (const rows of pagesOf(parts, wish)) {
    const lines = rows.map((row) => `\n${JSON.stringify(toRecordView(row))}`);
    if (lines.length === 0) continue;
    yield { text: `${isFirst ? '' : ','}${lines.join(',')}`, count: lines.length };
    isFirst = false;
  }
  yield { text: '\n]\n', count: 0 };
}

async function* csvPieces(parts: ApiParts, wish: RecordExport): AsyncGenerator<ExportPiece, void, void> {
  const names = await columnsOf(parts, wish);
  const head = ['cuid', ...names, 'createdAt', 'updatedAt'];
  yield { text: toCsv([head.map(toCell)]), count: 0 };
  for await (const rows of pagesOf(parts, wish)) {
    const lines = rows.map((row) => [
      toCell(row.cuid),
      ...names.map((name) => toCell(Object.hasOwn(row.data, name) ? row.data[name] : null)),
      toTime(row.createdAt),
      toTime(row.updatedAt),
    ]);
    yield { text: toCsv(lines), count: lines.length };
  }
}

/** The declared fields, then whatever else is found in the records. */
async function columnsOf(parts: ApiParts, wish: RecordExport): Promise<readonly string[]> {
  const declared = requireEntity(parts, wish.name).fields.map(({ name }) => name);
  const known = new Set([...declared, 'cuid', 'createdAt', 'updatedAt']);
  const more = new Set<string>();
  for await (const rows of pagesOf(parts, { ...wish, sort: undefined })) {
    for (const { data } of rows)
      for (const name of Object.keys(data)) if (!known.has(name) && more.size < mostColumns) more.add(name);
  }
  return [...declared, ...[...more].toSorted()];
}

const exportPath = /^\/v1\/entities\/([A-Za-z][A-Za-z0-9_]{0,59})\/export$/;
const querySchema = z.object(recordExportShape);

/** Answers a call for an export; false when it is another call. @throws AppError `forbidden`, `not_found`, `invalid` */
export function answerRecordExport(parts: ApiParts, ctx: Context, context: ApiContext): boolean {
  const name = exportPath.exec(ctx.path)?.[1];
  if (name === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return false;
  if (!hasScope(context, 'read')) throw new AppError({ code: 'forbidden' });
  const read = querySchema.safeParse(Object.fromEntries(new URLSearchParams(ctx.querystring)));
  if (!read.success) {
    throw new AppError({ code: 'invalid', details: { issues: toInputIssues(read.error.issues) } });
  }
  const wish = { ...read.data, name, filter: readFilter(read.data.filter) };
  requireEntity(parts, name);
  // Sort and filter are judged before the first byte: what is on its way can not be refused any more.
  parts.store.read.records.list({ entity: name, filter: [], sort: wish.sort, limit: 1 });
  const { fileName, contentType } = fileOf(wish, parts.clock.now());
  ctx.set({
    'content-disposition': `attachment; filename="${fileName}"`,
    'content-security-policy': "default-src 'none'; sandbox",
  });
  ctx.type = contentType;
  ctx.body = Readable.from(texts(parts, wish));
  return true;
}

async function* texts(parts: ApiParts, wish: RecordExport): AsyncGenerator<string, void, void> {
  for await (const { text } of exportRecords(parts, wish)) {
    if (parts.closing.aborted) return;
    yield text;
  }
}

/** The call as `/v1/openapi.json` tells it. */
export const recordExportOperation = {
  operationId: 'records.export',
  tags: ['Records'],
  summary: 'Records as a CSV or JSON file, which can be imported again',
  parameters: [
    { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'format', in: 'query', schema: { type: 'string', enum: ['csv', 'json'], default: 'csv' } },
    ...['q', 'filter', 'sort'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  ],
  responses: {
    '200': {
      description: 'OK',
      content: {
        'text/csv': { schema: { type: 'string' } },
        'application/json': { schema: { type: 'array' } },
      },
    },
  },
};
