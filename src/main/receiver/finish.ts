/**
 * Ends an exchange on the wire. An answer that leaves before the whole body came must not be lost: closing a connection with
 * unread bytes resets it, so what still arrives is thrown away for a moment first.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LiveBody } from './body/body-source.ts';
import type { Answer } from './exchange.ts';
import { writeAnswer } from './send-answer.ts';

/** Rest of a body Node may throw away by itself, keeping the connection. */
const smallRest = 65_536;
/** Bytes and time for which the rest of a larger body is thrown away before the connection is closed. */
const lingerBytes = 8_388_608;
const lingerMs = 1_000;

interface Wire {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: LiveBody;
  /** Close the connection anyway: the receiver stops, or the framing was in doubt. */
  readonly isLast: boolean;
}

/**
 * Sends an answer.
 * @throws TypeError when a header value can not be sent; nothing was sent then
 */
export function finish({ request, response, body, isLast }: Wire, answer: Answer): void {
  const { method = '' } = request;
  if (response.destroyed || response.headersSent) return;
  const rest = (body.declared ?? Number.POSITIVE_INFINITY) - body.received;
  const isSmall = rest <= smallRest && !body.isHeldBack && !body.isListening;
  if (body.hasArrived || isSmall) {
    writeAnswer(response, answer, { method, isLast });
    if (isLast) response.end();
    return;
  }
  writeAnswer(response, answer, { method, isLast: true });
  if (body.isHeldBack || body.isBroken) {
    response.end();
    return;
  }
  linger(request, response);
}

function linger(request: IncomingMessage, response: ServerResponse): void {
  let left = lingerBytes;
  const end = (): void => {
    clearTimeout(timer);
    request.off('data', count);
    response.end();
  };
  const count = (chunk: Uint8Array): void => {
    left -= chunk.byteLength;
    if (left < 0) end();
  };
  const timer = setTimeout(end, lingerMs);
  timer.unref();
  request.on('data', count);
  request.once('end', end);
  request.once('close', end);
  request.resume();
}
