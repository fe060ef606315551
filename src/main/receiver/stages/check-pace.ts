/**
 * Stage 5, pace (SPEC 4.5): the endpoint's own rate, callers who keep failing to authenticate, and whether there is room to
 * take anything at all. Judged before a byte of the body is read.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { Tools } from '../tools.ts';

/** Wrong keys from one address at one endpoint in a minute (RELIABILITY C16). */
export const failuresPerMinute = 30;
/** Seconds after which a full queue or a full disk is worth another try. */
const busySeconds = 5;

/** @throws AppError `rate_limited`, `busy`, `storage_unavailable`, all with `Retry-After` */
export function checkPace(exchange: Exchange, tools: Tools): void {
  // A stored request was paced when it came.
  if (exchange.repeat !== undefined) return;
  const { endpoint, settings } = routeOf(exchange);
  const now = tools.clock.now();
  if (settings.rateLimit !== undefined) {
    const { perMinute } = settings.rateLimit;
    const waitMs = tools.rates.waitMs(endpoint.id, perMinute, now);
    if (waitMs === 0) tools.rates.add(endpoint.id, now);
    tellPace(exchange, perMinute, tools.rates.left(endpoint.id, perMinute, now));
    if (waitMs > 0) throw limited(exchange, waitMs, `More than ${perMinute} requests in a minute.`);
  }
  const blockedMs = tools.failures.waitMs(failureKey(exchange), failuresPerMinute, now);
  if (blockedMs > 0) {
    throw limited(exchange, blockedMs, `${exchange.caller.text} failed to authenticate too often.`);
  }
  const { queued, running } = tools.store.read.runs.counts();
  if (queued + running >= tools.settings().queueLimit) {
    askBack(exchange);
    throw new AppError({ code: 'busy', reason: `${queued + running} runs are waiting to be done.` });
  }
  if (!tools.canStore()) {
    askBack(exchange);
    throw new AppError({ code: 'storage_unavailable' });
  }
}

/** Tells a caller how much of the minute is left, so that it can slow down before it is refused. */
function tellPace(
  exchange: Exchange,
  perMinute: number,
  { count, endsInMs }: { readonly count: number; readonly endsInMs: number },
): void {
  exchange.addHeader('RateLimit-Limit', String(perMinute));
  exchange.addHeader('RateLimit-Remaining', String(count));
  exchange.addHeader('RateLimit-Reset', String(Math.ceil(endsInMs / 1_000)));
}

/** Under which failed authentications are counted: one caller at one endpoint. */
export function failureKey(exchange: Exchange): string {
  return `${routeOf(exchange).endpoint.id} ${exchange.caller.text}`;
}

/** Asks the sender to come back soon. */
export function askBack(exchange: Exchange): void {
  exchange.addHeader('Retry-After', String(busySeconds));
}

function limited(exchange: Exchange, waitMs: number, reason: string): AppError {
  exchange.addHeader('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1_000))));
  return new AppError({ code: 'rate_limited', reason });
}
