/**
 * `GET /v1/requests/export?format=har|json&…`: the export as a file, streamed as it is written. It is not known to the
 * general handler, which would tell it as events.
 */
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { exportInputSchema, exportLimit, requestFilterShape } from '../../shared/contract/inspector.ts';
import { AppError } from '../../shared/errors.ts';
import { formatPath } from '../../shared/model/document.ts';
import { exportFile, exportRequests } from './export.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope } from './procedures.ts';

/** The call as `/v1/openapi.json` tells it. */
export const exportOperation = {
  operationId: 'requests.export',
  tags: ['Requests'],
  summary: 'Requests as a HAR 1.2 or JSON file: chosen ones, or those the filters hold for',
  parameters: [
    { name: 'format', in: 'query', schema: { type: 'string', enum: ['har', 'json'], default: 'har' } },
    { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'string' }, maxItems: exportLimit } },
    ...Object.keys(requestFilterShape).map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  ],
  responses: {
    '200': { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
  },
};

/** Answers a call for an export; false when it is another call. @throws AppError `forbidden`, `invalid` */
export function answerExport(parts: ApiParts, ctx: Context, context: ApiContext): boolean {
  if (ctx.path !== '/v1/requests/export' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return false;
  if (!hasScope(context, 'read')) throw new AppError({ code: 'forbidden' });
  const query = new URLSearchParams(ctx.querystring);
  const ids = query.getAll('ids');
  const read = exportInputSchema.safeParse({
    ...Object.fromEntries(query),
    ids: ids.length === 0 ? undefined : ids.flatMap((list) => list.split(',')),
  });
  if (!read.success) {
    const issues = read.error.issues.map(({ path, message }) => ({ path: formatPath(path), message }));
    throw new AppError({ code: 'invalid', details: { issues } });
  }
  const { fileName, contentType } = exportFile(read.data, parts.clock.now());
  ctx.set({
    'content-disposition': `attachment; filename="${fileName}"`,
    'content-security-policy': "default-src 'none'; sandbox",
  });
  ctx.type = contentType;
  ctx.body = Readable.from(texts(parts, read.data));
  return true;
}

async function* texts(
  ...[parts, input]: Parameters<typeof exportRequests>
): AsyncGenerator<string, void, void> {
  for await (const { text } of exportRequests(parts, input)) {
    if (parts.closing.aborted) return;
    yield text;
  }
}
