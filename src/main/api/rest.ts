/**
 * `/v1` on the receiver's port: the contract over plain HTTP (SPEC 11). Who calls is settled first, then the body is
 * read within limits and judged by the same scanner as a webhook's, and only then does the contract see anything.
 */
import type { IncomingMessage } from 'node:http';
import { OpenAPIHandler } from '@orpc/openapi/node';
import type { ORPCError } from '@orpc/server';
import type { Context, Middleware } from 'koa';
import readBody from 'raw-body';
import { AppError, toAppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import { parseJson } from '../receiver/body/parse-json.ts';
import { answerBody } from './body-download.ts';
import { answerExport } from './export-download.ts';
import { answerRecordExport } from './record-export.ts';
import { answerRecordImport } from './record-import.ts';
import { createDocs } from './docs.ts';
import { importPath, readImportBody } from './import-body.ts';
import { createKnownCalls } from './known-calls.ts';
import { createOpenApi } from './openapi.ts';
import { ownProtoSerializer } from './own-proto.ts';
import type { ApiParts } from './parts.ts';
import type { ApiContext } from './procedures.ts';
import type { ApiRouter } from './router.ts';
import { callerOfToken } from './tokens.ts';

const prefix = '/v1';
/** A workflow document of SPEC 8 with a thousand nodes fits many times. */
const maxBodyBytes = 5 * 1_048_576;

/** Serves `/v1` and `/docs`; every other path is the next middleware's. */
export function createRestMount(parts: ApiParts, router: ApiRouter): Middleware {
  const handler = new OpenAPIHandler<ApiContext>(router, {
    customJsonSerializers: [ownProtoSerializer],
    customErrorResponseBodyEncoder: ({ code, message, data }: ORPCError<string, unknown>) =>
      errorBody(code, message, typeof data === 'object' ? { ...data } : {}),
  });
  const openApi = createOpenApi(parts, router);
  const docs = createDocs();
  const knownMethods = createKnownCalls();

  async function answer(ctx: Context, requestId: string): Promise<void> {
    const context: ApiContext = {
      ...callerOf(parts, ctx),
      requestId,
      attach: (fileName) => ctx.set('content-disposition', `attachment; filename="${fileName}"`),
    };
    requireKnown(ctx);
    if (await answerBody(parts, ctx, context)) return;
    if (answerExport(parts, ctx, context)) return;
    if (answerRecordExport(parts, ctx, context)) return;
    if (await answerRecordImport(parts, ctx, context)) return;
    if (ctx.path === `${prefix}/openapi.json` && isReading(ctx)) {
      ctx.body = await openApi(context);
      return;
    }
    // The contract knows GET; a HEAD is answered like one, and Node leaves the body out.
    if (ctx.req.method === 'HEAD') ctx.req.method = 'GET';
    const request: IncomingMessage & { body?: unknown } = ctx.req;
    request.body = await readInput(ctx);
    ctx.respond = false;
    const { matched } = await handler.handle(request, ctx.res, { prefix, context });
    if (matched) return;
    ctx.respond = true;
    throw new AppError({ code: 'not_found', message: 'There is no such call.' });
  }

  /** @throws AppError `not_found`, `method_not_allowed` */
  function requireKnown(ctx: Context): void {
    const methods = knownMethods(ctx.path.slice(prefix.length));
    if (methods.includes(ctx.method)) return;
    // What is not asked for is thrown away as it comes: who is cut off while sending never reads the answer.
    ctx.req.resume();
    if (methods.length === 0) throw new AppError({ code: 'not_found', message: 'There is no such call.' });
    ctx.set('allow', methods.join(', '));
    throw new AppError({ code: 'method_not_allowed' });
  }

  return async (ctx, next) => {
    if (docs(ctx)) return;
    if (ctx.path !== prefix && !ctx.path.startsWith(`${prefix}/`)) {
      await next();
      return;
    }
    const requestId = newId('req');
    ctx.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    try {
      await answer(ctx, requestId);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind === 'defect') parts.logger.error({ err: thrown, requestId }, 'a call of /v1 failed');
      if (error.code === 'unauthorized') ctx.set('www-authenticate', 'Bearer');
      ctx.status = error.status;
      ctx.set('content-type', 'application/json');
      ctx.body = errorBody(error.code, error.message, { ...error.details, requestId });
    }
  };
}

/** Who the bearer is and may do. @throws AppError `unauthorized` */
function callerOf(parts: ApiParts, ctx: Context): Pick<ApiContext, 'scopes' | 'caller'> {
  const token = /^Bearer +([^\s]+)$/i.exec(ctx.get('authorization'))?.[1];
  if (token !== undefined) return callerOfToken(parts, token);
  throw new AppError({
    code: 'unauthorized',
    message: 'This call needs an API token: Authorization: Bearer <token>.',
  });
}

function isReading(ctx: Context): boolean {
  return ctx.method === 'GET' || ctx.method === 'HEAD';
}

/**
 * The body as a value; none is an empty object. Every call takes an object: anything else would be passed over, and the
 * call done with its defaults. @throws AppError `payload_too_large`, `malformed_json`, `invalid`, …
 */
async function readInput(ctx: Context): Promise<unknown> {
  const encoding = ctx.get('content-encoding').toLowerCase();
  if (encoding !== '' && encoding !== 'identity') {
    throw new AppError({
      code: 'unsupported_media_type',
      message: 'Send the body without a content encoding.',
    });
  }
  const { length } = ctx.request;
  const limits = { limit: maxBodyBytes, ...(length === undefined ? {} : { length }) };
  const bytes = await readBody(ctx.req, limits).catch((cause: unknown) => {
    const isTooLarge = cause instanceof Error && 'type' in cause && cause.type === 'entity.too.large';
    // The rest is thrown away as it comes: who is cut off while sending never reads the answer. The server's own time
    // limit for requests ends what does not end by itself.
    ctx.req.resume();
    throw new AppError({
      code: isTooLarge ? 'payload_too_large' : 'bad_request',
      message: isTooLarge ? 'The body is larger than 5 MiB.' : 'The body did not arrive completely.',
      cause,
    });
  });
  if (ctx.path === importPath) return readImportBody(bytes);
  if (bytes.length === 0) return {};
  const { value } = parseJson(bytes);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AppError({
    code: 'invalid',
    message: 'The body is a JSON object.',
    details: { path: '' },
  });
}

/** The error body of SPEC 4, with `issues` and facts of the refusal beside it. */
function errorBody(error: string, msg: string, facts: Readonly<Record<string, unknown>>) {
  const { requestId = newId('req'), ...more } = facts;
  // A single fault is told like several.
  const issues =
    error === 'invalid' && facts['issues'] === undefined && typeof facts['path'] === 'string'
      ? { issues: [{ path: facts['path'], message: msg }] }
      : {};
  return { success: false, error, msg, requestId, ...more, ...issues };
}
