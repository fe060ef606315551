/**
 * `GET /v1/requests/{id}/body`: the exact bytes that arrived, as a download and never as a document of ours: whatever a
 * caller sent, no browser will draw or run it (SPEC 11, RELIABILITY M2).
 */
import type { Context } from 'koa';
import { AppError } from '../../shared/errors.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope } from './procedures.ts';
import { requireRequest } from './requests.ts';

const bodyPath = /^\/v1\/requests\/([A-Za-z0-9_-]{1,64})\/body$/;

/** Answers a call for a body; false when it is another call. @throws AppError `forbidden`, `not_found` */
export async function answerBody(parts: ApiParts, ctx: Context, context: ApiContext): Promise<boolean> {
  const id = bodyPath.exec(ctx.path)?.[1];
  if (id === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return false;
  if (!hasScope(context, 'read')) throw new AppError({ code: 'forbidden' });
  const row = await requireRequest(parts, id);
  const body = parts.store.read.requests.body(row.id) ?? new Uint8Array(0);
  ctx.set({
    'content-disposition': `attachment; filename="${row.id}.bin"`,
    'content-security-policy': "default-src 'none'; sandbox",
  });
  ctx.type = 'application/octet-stream';
  ctx.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return true;
}
