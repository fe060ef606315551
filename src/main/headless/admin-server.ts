/**
 * The admin port of the headless host: the interface's files and its socket, on 127.0.0.1 only, apart from the
 * receiver in server, port and rules (SPEC 1, RELIABILITY 2 C). Whatever is not the page's own is answered 403 before
 * anything else is looked at.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../shared/errors.ts';
import type { Logger } from '../base/logger.ts';
import { pageHeaders, pagePolicy } from '../base/page-policy.ts';
import { type AdminGate, createAdminGate } from './admin-gate.ts';
import { awaitToken } from './admin-session.ts';
import { findPageFiles, type PageFile } from '../base/page-files.ts';

export interface AdminServerInit {
  /** 0 picks a free one. */
  readonly port: number;
  /** The launch token. */
  readonly token: string;
  /** Folder of the built interface. */
  readonly rendererDir: URL;
  /** Serves the contract on a socket that has shown the token. */
  readonly onSession: (socket: WebSocket) => void;
  readonly logger: Logger;
}

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

const address = '127.0.0.1';
const socketPath = '/rpc';
/** A document of 5 MB with room for its envelope. */
const maxMessageBytes = 8 * 1_048_576;
const maxSockets = 64;

/**
 * Listens on the admin port.
 * @throws AppError `port_in_use`.
 */
export async function startAdminServer(init: AdminServerInit): Promise<AdminServer> {
  const files = await findPageFiles(init.rendererDir);
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 1_000,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portFault(init.port, cause)));
    server.listen({ host: address, port: init.port, exclusive: true }, resolve);
  });
  const { port } = listeningAddress(server.address());
  // Said only once the port is ours: a refused start says its one line and nothing else (SPEC 1).
  if (!files.has('/')) init.logger.warn('the interface is not built; the admin port has no page to show');
  const gate = createAdminGate(port);
  const policy = pagePolicy([`ws://${address}:${port}`, `ws://localhost:${port}`]);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: true,
  });

  server.on('request', (request, response) => {
    answerPage({ request, response, gate, files, policy }).catch((error: unknown) => {
      init.logger.error({ err: error }, 'a file of the interface could not be served');
      response.destroy();
    });
  });
  server.on('upgrade', (request, stream, head) => {
    const status = upgradeRefusal(request, gate, sockets.clients.size);
    if (status !== undefined) {
      refuseUpgrade(stream, status);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', (error) => init.logger.debug({ err: error }, 'a socket of the interface failed'));
      awaitToken({ socket, token: init.token, onOpen: init.onSession });
    });
  });

  return {
    port,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'stopping');
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
      await closed;
    },
  };
}

interface PageCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly gate: AdminGate;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly policy: string;
}

async function answerPage({ request, response, gate, files, policy }: PageCall): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  response.setHeader('content-security-policy', policy);
  response.setHeader('cache-control', 'no-store');
  if (gate.refusePage(request) !== undefined) return answerText(response, 403, 'Forbidden');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return answerText(response, 405, 'Only GET is answered here.');
  }
  const [pathname = '/'] = (request.url ?? '/').split('?');
  const file = files.get(pathname);
  // A file that was there at the start may be gone by now, as after another build.
  const bytes = await file?.read().catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined || bytes === undefined) {
    const isPage = pathname === '/';
    return answerText(
      response,
      isPage ? 503 : 404,
      isPage ? 'The interface is not built.' : 'Nothing is here.',
    );
  }
  if (file.isImmutable) response.setHeader('cache-control', 'private, max-age=31536000, immutable');
  response.writeHead(200, { 'content-type': file.contentType, 'content-length': bytes.length });
  response.end(bytes);
}

function answerText(response: ServerResponse, status: number, text: string): void {
  // The body of what is refused is not read: the connection ends with the answer.
  response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

function upgradeRefusal(request: IncomingMessage, gate: AdminGate, openSockets: number): number | undefined {
  if (gate.refuseSocket(request) !== undefined) return 403;
  if (request.url !== socketPath || request.headers.upgrade?.toLowerCase() !== 'websocket') return 404;
  return openSockets >= maxSockets ? 503 : undefined;
}

function refuseUpgrade(stream: Duplex, status: number): void {
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listeningAddress(found: AddressInfo | string | null): AddressInfo {
  if (found === null || typeof found === 'string') throw new AppError({ code: 'internal' });
  return found;
}

function portFault(port: number, cause: NodeJS.ErrnoException): AppError {
  if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES')
    return new AppError({ code: 'internal', cause });
  const message =
    cause.code === 'EACCES'
      ? `The admin port ${port} may not be used by this user.`
      : `The admin port ${port} is in use by another program.`;
  return new AppError({ code: 'port_in_use', message, cause });
}
