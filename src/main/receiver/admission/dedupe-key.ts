/**
 * The key by which a delivery is known again (SPEC 4.11): the endpoint's own template, else the bytes of the body where that
 * was chosen, else the id its provider puts into every delivery, else what the sender gave. No key, no dedupe.
 */
import { hash } from 'node:crypto';
import { textOf } from '../../../shared/expression/template.ts';
import type { Admission } from '../../store/types.ts';
import { render, scopeOf } from '../evaluate.ts';
import { authCheckOf } from '../auth-check.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { Tools } from '../tools.ts';

const keyHeaders = ['idempotency-key', 'webhook-id'] as const;
/** Days a key is remembered when the endpoint does not say (SPEC 4.11). */
const defaultWindowMs = 7 * 86_400_000;
/** Longer keys are kept as their hash. */
const longestKey = 200;

/** @throws AppError when the endpoint's own key template fails */
export function findDedupe(
  exchange: Exchange,
  tools: Tools,
): Admission['dedupe'] | Promise<Admission['dedupe']> {
  const own = findOwn(exchange, tools);
  const jobKey = exchange.repeat?.jobKey;
  if (jobKey === undefined) return own;
  // A delivery's own key tells its sender's next try too; only where it has none does the job's.
  const orOfJob = (found: Admission['dedupe']): Admission['dedupe'] =>
    found ?? recordOf(exchange, jobKey, defaultWindowMs);
  return own instanceof Promise ? own.then(orOfJob) : orOfJob(own);
}

function findOwn(exchange: Exchange, tools: Tools): Admission['dedupe'] | Promise<Admission['dedupe']> {
  const { settings, resumeToken } = routeOf(exchange);
  // A resume token is good for one use anyway; a repetition may have to leave keys alone.
  if (resumeToken !== undefined || exchange.repeat?.isUnkeyed === true) return null;
  const { key: template, windowSeconds } = settings.dedupe ?? {};
  const windowMs = windowSeconds === undefined ? defaultWindowMs : windowSeconds * 1_000;
  if (template !== undefined && template.trim() !== '') {
    return render(template, scopeOf(exchange, tools), tools).then((value) =>
      recordOf(exchange, textOf(value ?? ''), windowMs),
    );
  }
  // Chosen because ids can be forged: none that is sent counts beside it.
  if (settings.dedupe?.body === true) {
    if (exchange.decoded.byteLength === 0) return null;
    return recordOf(exchange, `body:${hash('sha256', exchange.decoded, 'base64url')}`, windowMs);
  }
  // Before the headers anyone may add: a delivery sent again with a key of its own would else be another one.
  const { provider } = routeOf(exchange).auth;
  if (provider?.deliveryId !== undefined) {
    const check = authCheckOf(exchange, tools);
    const id = provider.deliveryId(check);
    if (id !== undefined) return recordOf(exchange, id, windowMs, provider.deliveryBody?.(check));
  }
  for (const name of keyHeaders) {
    const key = exchange.head.fields.get(name);
    if (key !== undefined && key !== '') return recordOf(exchange, key, windowMs);
  }
  return null;
}

function recordOf(
  exchange: Exchange,
  key: string,
  windowMs: number,
  body: string | Uint8Array = exchange.decoded,
): Admission['dedupe'] {
  if (key === '') return null;
  return {
    key: key.length > longestKey ? `sha256:${hash('sha256', key, 'hex')}` : key,
    bodyHash: hash('sha256', body, 'base64url'),
    windowMs,
  };
}
