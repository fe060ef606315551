/** Calls as callers make them: through a real socket, with every byte under control. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; an empty object when it is none. */
  readonly json: Record<string, unknown>;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

function toJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** One HTTP call on a connection of its own. JSON objects given as `json` are sent as such. */
export function call(
  origin: string,
  path: string,
  { method = 'POST', headers = {}, body }: Call = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(origin + path, {
      method,
      agent: false,
      headers: {
        ...(body === undefined || headers['transfer-encoding'] !== undefined
          ? {}
          : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: toJson(text) });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A POST of JSON. */
export function post(
  origin: string,
  path: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  return call(origin, path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });
}

/** A connection spoken to by hand. */
export interface Wire {
  readonly socket: Socket;
  send(text: string | Uint8Array): void;
  /** Everything received once the other side closed or the condition holds. */
  until(holds: (received: string) => boolean): Promise<string>;
  /** Everything received when the other side has closed. */
  closed(): Promise<string>;
}

export function openWire(port: number, host = '127.0.0.1'): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    let received = '';
    let isClosed = false;
    const waiting = new Set<() => void>();
    const tell = (): void => {
      for (const check of waiting) check();
    };
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      tell();
    });
    socket.on('close', () => {
      isClosed = true;
      tell();
    });
    socket.on('error', (error) => {
      reject(error);
      isClosed = true;
      tell();
    });
    const wait = (holds: () => boolean): Promise<string> =>
      new Promise((done) => {
        const check = (): void => {
          if (!holds()) return;
          waiting.delete(check);
          done(received);
        };
        waiting.add(check);
        check();
      });
    socket.on('connect', () =>
      resolve({
        socket,
        send: (text) => void socket.write(text),
        until: (holds) => wait(() => isClosed || holds(received)),
        closed: () => wait(() => isClosed),
      }),
    );
  });
}

/** Sends bytes on a fresh connection and answers all that came back until the other side closed. */
export async function speak(port: number, text: string | Uint8Array): Promise<string> {
  const wire = await openWire(port);
  wire.send(text);
  return wire.closed();
}

/** Status and JSON body of the first answer in what was received. */
export function firstAnswer(received: string): {
  status: number;
  json: Record<string, unknown>;
  head: string;
} {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0),
    json: toJson(rest.join('\r\n\r\n').slice(0, length)),
    head,
  };
}
