/**
 * The HTTP server that faces the world: limits on what a connection may cost, and an answer in our own form where Node gives
 * up before there is a request (SPEC 4.1, 12; RELIABILITY B, F).
 */
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import { abortBody } from './body/body-source.ts';
import { errorAnswer } from './replies.ts';
import { maxHeaderBytes, maxUrlBytes } from './stages/framing.ts';

/** How long a connection may take. */
export interface ConnectionLimits {
  readonly headersMs: number;
  /** From the first byte of a request to the last of its body. */
  readonly requestMs: number;
  /** How often both are checked. */
  readonly checkMs: number;
  /** Above the idle time of tunnel agents, so that none reuses a connection we are about to close (RELIABILITY F4). */
  readonly keepAliveMs: number;
  /** For a caller that reads nothing of its answer (RELIABILITY F3). */
  readonly stalledMs: number;
  /** For what is in flight when the receiver closes (SPEC 1). */
  readonly graceMs: number;
}

/** SPEC 12. */
export const standardLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 1_000,
  keepAliveMs: 75_000,
  stalledMs: 30_000,
  graceMs: 10_000,
};

/** Milliseconds a refused connection is still read from, so that its answer is not lost. */
const lingerMs = 1_000;

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
) => void;

/** A server that hands every request over and answers what is none. It does not listen yet. */
export function createListener(handle: RequestHandler, limits: ConnectionLimits): Server {
  const latest = new WeakMap<Socket, ServerResponse>();
  const server = createServer({
    insecureHTTPParser: false,
    // URL and headers together; each is judged on its own by the first stage.
    maxHeaderSize: maxUrlBytes + maxHeaderBytes + 1_024,
    // Judged by the first stage, with an answer in our form.
    requireHostHeader: false,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  // Node drops fields past this silently; the first stage counts them instead.
  server.maxHeadersCount = 0;
  // A sender may say that it has nothing more to send and still wait for its answer (RELIABILITY F3).
  Object.assign(server, { httpAllowHalfOpen: true });

  const take = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    latest.set(request.socket, response);
    handle(request, response, expectsContinue);
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, false),
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, true),
  );
  // Any other expectation is judged by the first stage, with an answer in our form.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, false),
  );
  server.on('clientError', (cause: Error, socket: Socket) => {
    const error = errorOf(cause);
    // A request was being read: its own exchange gives the answer.
    if (abortBody(socket, error)) return;
    const last = latest.get(socket);
    const refuse = (): void => refuseConnection(socket, error);
    // Answers to earlier requests of the connection come first.
    if (last !== undefined && !last.writableFinished && !last.destroyed) last.once('finish', refuse);
    else refuse();
  });
  return server;
}

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

function errorOf(cause: Error): AppError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const found = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (found === 'headers_too_large' && isLongTarget(cause))
    return new AppError({ code: 'uri_too_long', cause });
  return new AppError({
    code: found ?? 'bad_request',
    reason: 'The connection did not speak valid HTTP.',
    cause,
  });
}

/** Whether it was the target that made the head too large: told by the packet, which begins with the request line. */
function isLongTarget(cause: Error): boolean {
  const packet = 'rawPacket' in cause && cause.rawPacket instanceof Uint8Array ? cause.rawPacket : undefined;
  if (packet === undefined) return false;
  const line = Buffer.from(packet.subarray(0, maxUrlBytes + 32)).toString('latin1');
  return /^[A-Z]+ \S+$/.test(line);
}

/** Says no on a bare connection and ends it. */
function refuseConnection(socket: Socket, error: AppError): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = errorAnswer(error, newId('req'));
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fields.join('')}X-Content-Type-Options: nosniff\r\n` +
      `Content-Length: ${length}\r\nConnection: close\r\n\r\n${typeof body === 'string' ? body : ''}`,
  );
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
