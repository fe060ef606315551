/**
 * Everything on the receiver's port that is no webhook URL (SPEC 1): `/healthz`, then whatever is mounted (`/v1`, `/docs`), then
 * the one answer for paths nobody has.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Koa, { type Context, type Middleware } from 'koa';
import { AppError, toAppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from '../store/open-store.ts';
import type { Answer } from './exchange.ts';
import { errorAnswer, jsonAnswer } from './replies.ts';

interface SideDoorParts {
  readonly store: Pick<Store, 'health'>;
  readonly logger: Logger;
  readonly fallback: Middleware | undefined;
}

/** Longest unread body of an unknown path that Node may throw away by itself; longer ones end the connection. */
const smallBody = 65_536;

/** A handler for requests that are no webhooks. */
export function createSideDoor({ store, logger, fallback }: SideDoorParts) {
  const app = new Koa();
  app.silent = true;
  app.use(async (context, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind === 'defect') logger.error({ err: thrown, path: context.path }, 'a request failed here');
      if (!context.headerSent) reply(context, errorAnswer(error, newId('req')));
    }
  });
  app.use(async (context, next) => {
    if (context.path !== '/healthz') {
      await next();
      return;
    }
    const isRead = context.method === 'GET' || context.method === 'HEAD';
    reply(context, isRead ? answerHealth(store) : notAllowed());
  });
  if (fallback !== undefined) app.use(fallback);
  app.use((context) => {
    if (context.headerSent || context.respond === false) return;
    reply(context, errorAnswer(new AppError({ code: 'not_found' }), newId('req')));
  });
  const handle = app.callback();
  return (request: IncomingMessage, response: ServerResponse): void => {
    void handle(request, response);
  };
}

function answerHealth(store: Pick<Store, 'health'>): Answer {
  const { writable, lastError } = store.health();
  if (writable) return jsonAnswer(200, { status: 'ok' });
  return jsonAnswer(503, {
    status: 'unavailable',
    reason: lastError?.message ?? 'The store can not be written.',
  });
}

function notAllowed(): Answer {
  return errorAnswer(new AppError({ code: 'method_not_allowed' }), newId('req'), { Allow: 'GET, HEAD' });
}

function reply(context: Context, { status, headers, body }: Answer): void {
  context.status = status;
  for (const [name, value] of Object.entries(headers)) context.set(name, value);
  context.set('X-Content-Type-Options', 'nosniff');
  context.body = body;
  // Koa adds a charset to types set through its shortcut only; this one is exact.
  const { 'content-length': length, 'transfer-encoding': transfer } = context.req.headers;
  if (transfer !== undefined || Number(length ?? 0) > smallBody) context.set('Connection', 'close');
}
