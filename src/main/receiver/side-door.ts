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
import { LiveBody } from './body/body-source.ts';
import type { Answer } from './exchange.ts';
import { finish } from './finish.ts';
import { headOf } from './head.ts';
import { errorAnswer, jsonAnswer } from './replies.ts';

interface SideDoorParts {
  readonly store: Pick<Store, 'health'>;
  readonly logger: Logger;
  readonly fallback: Middleware | undefined;
}

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

/** Answers like everywhere else; Koa is told that it is done. */
function reply(context: Context, answer: Answer): void {
  const { req: request, res: response } = context;
  const { fields } = headOf(request, 0);
  const body = new LiveBody({ request, response, fields, expectsContinue: false });
  context.respond = false;
  finish({ request, response, body, isLast: response.getHeader('Connection') === 'close' }, answer);
}
