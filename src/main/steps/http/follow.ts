/**
 * Redirects, when a step allows them (RELIABILITY N3). Each hop is a call like any other and judged anew; nothing that
 * is secret leaves the origin it was meant for.
 */
import { AppError } from '../../../shared/errors.ts';
import type { OutboundReply, OutboundRequest, StepContext } from '../step.ts';
import { isSensitiveHeader } from './call.ts';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that describe a body. */
const ofBody = /^content-/i;

function refuse(message: string): AppError {
  // The call before was answered, so it was sent.
  return new AppError({ code: 'target_blocked', message, details: { retryable: false, sent: true } });
}

function targetOf(request: OutboundRequest, location: string): URL {
  const url = URL.parse(location, request.url.href);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refuse('The call was redirected to something that is no http or https URL.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('The call was redirected to a URL with a user name or password in it.');
  }
  if (request.url.protocol === 'https:' && url.protocol === 'http:') {
    throw refuse('The call was redirected from https to http, which is not followed.');
  }
  url.hash = '';
  return url;
}

/** 303, and 301 and 302 after a POST, ask for the new place to be read (RFC 9110, 15.4). */
function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'HEAD' && method !== 'GET';
  return (status === 301 || status === 302) && method === 'POST';
}

function holdsAny(text: string, hidden: readonly string[]): boolean {
  return hidden.some((secret) => secret !== '' && text.includes(secret));
}

function nextRequest(
  request: OutboundRequest,
  reply: OutboundReply,
  location: string,
  hidden: readonly string[],
): OutboundRequest {
  const url = targetOf(request, location);
  const isElsewhere = url.origin !== request.url.origin;
  const asGet = becomesGet(reply.status, request.method);
  const body = asGet ? undefined : request.body;
  if (isElsewhere && body !== undefined && holdsAny(body, hidden)) {
    throw refuse(
      'The call was redirected to another host, and its body holds a secret that is not meant for it.',
    );
  }
  const headers = request.headers.filter(([name, value]) => {
    if (asGet && ofBody.test(name)) return false;
    return (
      !isElsewhere || !(isSensitiveHeader(name) || name.toLowerCase() === 'host' || holdsAny(value, hidden))
    );
  });
  return { ...request, method: asGet ? 'GET' : request.method, url, headers, body };
}

/**
 * Sends a call and follows at most `most` redirects; with 0 a redirect is the answer.
 * @param hidden secrets in the call
 * @throws AppError `target_blocked` for a redirect that may not be followed; `http_failed` for one too many
 */
export async function sendFollowing(
  context: Pick<StepContext, 'sendHttp'>,
  first: OutboundRequest,
  most: number,
  hidden: readonly string[],
): Promise<OutboundReply> {
  let request = first;
  for (let hops = 0; ; hops += 1) {
    const reply = await context.sendHttp(request);
    const { location } = reply.headers;
    if (most === 0 || typeof location !== 'string' || !redirects.has(reply.status)) return reply;
    if (hops === most) {
      throw new AppError({
        code: 'http_failed',
        message: `The call was redirected more than ${most} times.`,
        details: { retryable: false, sent: true },
      });
    }
    request = nextRequest(request, reply, location, hidden);
  }
}
