/**
 * Stage 8, authentication (SPEC 4.8): the endpoint's scheme judges the bytes as received. The caller learns that it was
 * refused and nothing else; the inspector learns why.
 */
import { AppError } from '../../../shared/errors.ts';
import type { AuthVerdict, Refusal } from '../../auth/scheme.ts';
import { authCheckOf } from '../auth-check.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { presentsRetired } from '../retired-secret.ts';
import type { Tools } from '../tools.ts';
import { failureKey } from './check-pace.ts';

/** By this word a refusal is known that may come from a wrong clock (RELIABILITY J2). */
const skewHint = 'clock_skew: it was held up or sent again, or one of the two clocks is wrong';

/** @throws AppError `unauthorized`, `endpoint_misconfigured` */
export function verify(exchange: Exchange, tools: Tools): void | Promise<void> {
  const verdict = routeOf(exchange).auth.scheme.verify(authCheckOf(exchange, tools));
  // Most schemes judge at once; waiting for nothing would cost every request a turn.
  if (verdict instanceof Promise) return verdict.then((settled) => settle(exchange, settled, tools));
  return settle(exchange, verdict, tools);
}

function settle(exchange: Exchange, verdict: AuthVerdict, tools: Tools): void | Promise<void> {
  const { endpoint, auth, secretsAt } = routeOf(exchange);
  const { scheme, title, fields } = auth.scheme.definition;
  if (!verdict.ok) return refuse(exchange, verdict, tools);
  const at = tools.clock.now();
  if (verdict.secretIndex === 0) {
    // While a rotation overlaps, every request says which of the two secrets it came with (RELIABILITY 5).
    const which = secretsAt(at).length > 1 ? ', with the current secret' : '';
    exchange.note = scheme === 'none' ? 'Anyone may call.' : `${title}: genuine${which}.`;
    return;
  }
  exchange.note = `${title}: genuine, with the previous secret.`;
  for (const { name, kind } of fields) {
    if (kind === 'secret')
      tools.store.writeLazy('noteSecretUse', { endpointId: endpoint.id, field: name, at });
  }
}

/** @throws AppError `unauthorized`, always */
async function refuse(exchange: Exchange, verdict: Refusal, tools: Tools): Promise<never> {
  const error = refusal(exchange, verdict, tools);
  if (!(await presentsRetired(exchange, tools))) throw error;
  exchange.reason = 'old_secret';
  throw new AppError({
    code: 'unauthorized',
    reason: 'It was made with the key or secret from before the last change.',
    details: error.details,
  });
}

function refusal(exchange: Exchange, { code, mayBeClock, reason }: Refusal, tools: Tools): AppError {
  if (exchange.repeat === undefined) tools.failures.add(failureKey(exchange), tools.clock.now());
  if (mayBeClock !== true) return new AppError({ code: 'unauthorized', reason, details: { fault: code } });
  const { endpoint } = routeOf(exchange);
  if (exchange.repeat === undefined) tools.skew.note(endpoint.id, tools.clock.now());
  tools.logger.warn({ requestId: exchange.id, endpointId: endpoint.id, hint: 'clock_skew' }, reason);
  return new AppError({
    code: 'unauthorized',
    reason: `${reason} (${skewHint}.)`,
    details: { fault: code, hint: 'clock_skew' },
  });
}
