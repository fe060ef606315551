/**
 * Stage 7, handshakes (SPEC 4.7): a sender asks whether this URL is meant for it, before it has anything to deliver. What
 * the endpoint's own provider asks and what the operator's own rule matches is answered here, starts nothing and is no
 * failure; everything else goes on to authentication.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Handshake } from '../../auth/providers/provider.ts';
import { authCheckOf } from '../auth-check.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { maySample } from '../gate/may-sample.ts';
import { answerByRule, couldMatchRule } from '../handshake/custom-rule.ts';
import { learnSecrets } from '../handshake/learn-secrets.ts';
import type { Tools } from '../tools.ts';
import { failureKey } from './check-pace.ts';

/** @throws AppError `unauthorized`, `forbidden` for a handshake that is not genuine; `endpoint_misconfigured` */
export function handshake(exchange: Exchange, tools: Tools): undefined | Promise<Answer | undefined> {
  const { allow, auth, settings, methods } = routeOf(exchange);
  if (auth.provider?.handshake === undefined && settings.handshake === undefined) return undefined;
  const { method } = exchange.head.raw;
  return answerHandshake(exchange, tools).then((answer) => {
    if (answer !== undefined || methods.has(method === 'HEAD' ? 'GET' : method)) return answer;
    if (maySample(exchange, tools)) return undefined;
    exchange.addHeader('Allow', allow);
    throw new AppError({
      code: 'method_not_allowed',
      reason: `${method} is for handshakes only; this is none.`,
    });
  });
}

/** Whether a method the endpoint does not take may pass, because the request looks like a handshake. */
export function mayBeHandshake(exchange: Exchange): boolean {
  const { auth, settings } = routeOf(exchange);
  const byGet = exchange.head.raw.method === 'GET' ? auth.provider?.handshakeByGet : undefined;
  if (byGet?.every((name) => exchange.query.some(([key]) => key === name)) === true) return true;
  return settings.handshake !== undefined && couldMatchRule(settings.handshake, exchange);
}

async function answerHandshake(exchange: Exchange, tools: Tools): Promise<Answer | undefined> {
  const { auth, settings } = routeOf(exchange);
  const found = await auth.provider?.handshake?.(authCheckOf(exchange, tools));
  if (found !== undefined) return settle(exchange, found, tools);
  const reply =
    settings.handshake === undefined ? undefined : await answerByRule(settings.handshake, exchange, tools);
  if (reply !== undefined) note(exchange, 'The endpoint’s own handshake.');
  return reply;
}

async function settle(exchange: Exchange, found: Handshake, tools: Tools): Promise<Answer> {
  if (found.kind === 'refuse') throw refusal(exchange, found.status, found.reason, tools);
  const { learn, confirm } = found;
  if (learn !== undefined && !(await learnSecrets(exchange, learn, tools))) {
    throw refusal(exchange, 401, 'The sender told another secret than the one this endpoint has.', tools);
  }
  if (confirm !== undefined) {
    exchange.afterAnswer = () => {
      tools.outside.confirm(confirm.url, confirm.hosts).catch((cause: unknown) => {
        tools.logger.error({ err: cause, requestId: exchange.id }, 'a subscription could not be confirmed');
      });
    };
  }
  note(exchange, found.note);
  return found.reply;
}

function note(exchange: Exchange, sentence: string): void {
  exchange.verdict = 'handshake';
  exchange.reason = 'handshake';
  exchange.reasonText = sentence;
  exchange.note = sentence;
}

function refusal(exchange: Exchange, status: 401 | 403, reason: string, tools: Tools): AppError {
  if (exchange.repeat === undefined) tools.failures.add(failureKey(exchange), tools.clock.now());
  return status === 401
    ? new AppError({ code: 'unauthorized', reason })
    : new AppError({ code: 'forbidden', message: 'This handshake is not for this endpoint.', reason });
}
