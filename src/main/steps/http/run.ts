/**
 * HTTP: one call to the outside. Its attempt is committed before the socket opens, every attempt sends the same
 * Idempotency-Key, and what comes back is masked before it is kept (SPEC 7, 8, 9; RELIABILITY P4).
 */
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { OutboundReply, StepContext, StepKind, StepResult } from '../step.ts';
import { prepareCall } from './call.ts';
import { httpDefinition } from './definition.ts';
import { createMask, type Mask } from './mask.ts';
import { readReplyBody } from './reply-body.ts';

/** Refusals that may be gone at the next try; any other 3xx or 4xx says the same again. */
const passing = new Set([408, 425, 429]);

function outputOf(reply: OutboundReply, mask: Mask): Record<string, unknown> {
  const type = reply.headers['content-type'];
  const body = readReplyBody(reply.body, Array.isArray(type) ? (type[0] ?? '') : (type ?? ''));
  return { status: reply.status, headers: mask.value(reply.headers), body: mask.value(body) };
}

/** Milliseconds a Retry-After header asks for: seconds or a date; undefined when absent or unreadable. */
export function retryAfterMs(value: unknown, now: number): number | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function failureOf(reply: OutboundReply, mask: Mask, now: number): AppError {
  const { status } = reply;
  const location = reply.headers['location'];
  const redirected = status >= 300 && status < 400 && typeof location === 'string';
  const wait = retryAfterMs(reply.headers['retry-after'], now);
  return new AppError({
    code: 'http_status',
    message: redirected
      ? `The call was answered ${status}; redirects are not followed (${mask.text(location).slice(0, 300)}).`
      : `The call was answered ${status}.`,
    details: {
      status,
      retryable: status >= 500 || passing.has(status),
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    },
  });
}

async function run(context: StepContext): Promise<StepResult> {
  const call = await prepareCall(context);
  try {
    const { request, hidden } = call.complete();
    const mask = createMask(hidden);
    const input = mask.value(call.shown);
    await context.begin(input);
    const reply = await context.sendHttp(request);
    const output = outputOf(reply, mask);
    const isFine = (reply.status >= 200 && reply.status < 300) || context.config['failOnStatus'] === false;
    return isFine
      ? { input, output }
      : { input, output, failure: failureOf(reply, mask, context.clock.now()) };
  } catch (thrown) {
    return { input: call.shown, failure: toAppError(thrown) };
  }
}

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const httpStep: StepKind = {
  definition: httpDefinition,
  timeoutSeconds: 60,
  secretFields: ['url', 'headers', 'query', 'body', 'auth'],
  check({ auth, headers }) {
    const scheme = typeof auth === 'object' && auth !== null && 'scheme' in auth ? auth.scheme : 'none';
    const name = typeof auth === 'object' && auth !== null && 'name' in auth ? auth.name : undefined;
    const faults = Object.keys(typeof headers === 'object' ? { ...headers } : {})
      .filter((key) => !headerName.test(key))
      .map((key) => ({ path: `headers.${key}`, message: 'This is not a header name.' }));
    if (scheme === 'header' && (typeof name !== 'string' || !headerName.test(name))) {
      faults.push({ path: 'auth.name', message: 'Name the header to send.' });
    }
    return faults;
  },
  run,
};
