/**
 * HTTP: one call to the outside. Its attempt is committed before the socket opens, every attempt sends the same
 * Idempotency-Key, and what comes back is masked before it is kept (SPEC 7, 8, 9; RELIABILITY P4).
 */
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { OutboundReply, StepContext, StepKind, StepResult } from '../step.ts';
import { type CompleteCall, prepareCall } from './call.ts';
import { checkHttp } from './check.ts';
import { httpDefinition } from './definition.ts';
import { sendFollowing } from './follow.ts';
import { createMask, type Mask } from './mask.ts';
import { dropToken, tokenFor } from './oauth2.ts';
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
      sent: true,
      retryable: status >= 500 || passing.has(status),
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    },
  });
}

/** The answer of a call, and every text to be masked in it. */
interface Sent {
  readonly reply: OutboundReply;
  readonly hidden: readonly string[];
}

async function send(context: StepContext, call: CompleteCall): Promise<Sent> {
  const { redirects } = context.config;
  const most = typeof redirects === 'number' ? redirects : 0;
  const { request, hidden, token } = call;
  if (token === undefined) return { reply: await sendFollowing(context, request, most, hidden), hidden };
  const { value, isKept } = await tokenFor(token, context);
  const covered = [...hidden, value];
  const headers = [...request.headers, ['authorization', `Bearer ${value}`] as const];
  const reply = await sendFollowing(context, { ...request, headers }, most, covered);
  if (reply.status !== 401) return { reply, hidden: covered };
  dropToken(token);
  // Taken from memory, it may have ended since; a fresh one says whether it was that.
  return isKept && context.config['atMostOnce'] !== true ? send(context, call) : { reply, hidden: covered };
}

/** A call that may have arrived and was never answered is in doubt where it must not be repeated. */
function doubtOf(failure: AppError, { config }: StepContext): AppError {
  const { code, message, details, cause } = failure;
  const isUnanswered = details['sent'] === true && details['retryable'] !== false;
  if (config['atMostOnce'] !== true || !isUnanswered) return failure;
  return new AppError({ code, message, details: { ...details, inDoubt: true }, cause });
}

async function run(context: StepContext): Promise<StepResult> {
  const call = await prepareCall(context);
  try {
    const complete = call.complete();
    const input = createMask(complete.hidden).value(call.shown);
    await context.begin(input);
    const { reply, hidden } = await send(context, complete);
    const mask = createMask(hidden);
    const output = outputOf(reply, mask);
    const isFine = (reply.status >= 200 && reply.status < 300) || context.config['failOnStatus'] === false;
    return isFine
      ? { input, output }
      : { input, output, failure: failureOf(reply, mask, context.clock.now()) };
  } catch (thrown) {
    return { input: call.shown, failure: doubtOf(toAppError(thrown), context) };
  }
}

export const httpStep: StepKind = {
  definition: httpDefinition,
  timeoutSeconds: 60,
  secretFields: ['url', 'headers', 'query', 'body', 'auth'],
  check: checkHttp,
  run,
};
