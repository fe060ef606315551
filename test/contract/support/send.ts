/**
 * A plain HTTP caller that adds nothing of its own: headers go out as given (a list may repeat one), bodies byte
 * for byte, each call on a connection of its own.
 */
import { type IncomingMessage, request } from 'node:http';

export interface Call {
  method?: string;
  /** Name to value, or a flat list of names and values where one is sent twice. */
  headers?: Record<string, string> | readonly string[];
  body?: string | Uint8Array;
  /** Sent as JSON with its content type; instead of `body`. */
  json?: unknown;
  /** The request target exactly as written, where URL parsing would mend it. */
  target?: string;
  /** The address of this machine to call from; every one of 127.0.0.0/8 is, on Linux. */
  from?: string;
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  bytes: Buffer;
  text: string;
  /** The parsed body, or undefined where it is no JSON. */
  json: unknown;
  /** Milliseconds from sending to the end of the answer. */
  tookMs: number;
}

/** Sends one request; the method is POST where there is a body, else GET. Rejects when no whole answer comes. */
export function send(url: string, call: Call = {}): Promise<Answer> {
  const body = call.json === undefined ? call.body : JSON.stringify(call.json);
  const method = call.method ?? (body === undefined ? 'GET' : 'POST');
  const { hostname, port, pathname, search } = new URL(url);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      method,
      path: call.target ?? pathname + search,
      agent: false,
      ...(call.from === undefined ? {} : { localAddress: call.from }),
      headers: headerList(call, body, `${hostname}:${port}`),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString('utf8');
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          bytes,
          text,
          json: parsed(text),
          tookMs: performance.now() - startedAt,
        });
      });
    });
    outgoing.end(body);
  });
}

function headerList(call: Call, body: string | Uint8Array | undefined, host: string): string[] {
  const given = call.headers ?? {};
  const flat: string[] = isFlat(given) ? [...given] : Object.entries(given).flat();
  const has = (name: string): boolean =>
    flat.some((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return [
    ...(has('host') ? [] : ['Host', host]),
    ...flat,
    ...(call.json === undefined || has('content-type') ? [] : ['Content-Type', 'application/json']),
    ...(body === undefined || has('content-length') || has('transfer-encoding')
      ? []
      : ['Content-Length', String(Buffer.byteLength(body))]),
    ...(has('connection') ? [] : ['Connection', 'close']),
  ];
}

function isFlat(headers: Record<string, string> | readonly string[]): headers is readonly string[] {
  return Array.isArray(headers);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
