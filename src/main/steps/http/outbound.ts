/**
 * The way out: one HTTP call with every limit of SPEC 12 on it. Connect 10 s, 10 MB on the wire and decompressed, one
 * layer of encoding, no redirects, no cookies. Who calls it decides the total time by a signal.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { Agent, request as undiciRequest } from 'undici';
import { AppError } from '../../../shared/errors.ts';
import type { OutboundReply, OutboundRequest } from '../step.ts';

const connectTimeoutMs = 10_000;
/** Longest answer, in bytes, on the wire and decoded. */
const longestBody = 10_485_760;

export interface Outbound {
  /** @throws AppError `http_failed` with a plain sentence; an aborted signal rejects with its reason. */
  send(request: OutboundRequest, signal: AbortSignal): Promise<OutboundReply>;
  close(): Promise<void>;
}

/** Plain words for what the network says. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The connection was reset.',
  ENOTFOUND: 'The host name is not known.',
  EAI_AGAIN: 'The host name could not be looked up.',
  ETIMEDOUT: 'The host did not answer in time.',
  EHOSTUNREACH: 'The host can not be reached.',
  ENETUNREACH: 'The network can not be reached.',
  EPIPE: 'The connection was closed while sending.',
  UND_ERR_CONNECT_TIMEOUT: 'No connection within 10 seconds.',
  UND_ERR_SOCKET: 'The connection was closed before the answer was complete.',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the answer are too large.',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'The answer is larger than 10 MB.',
  ERR_BUFFER_TOO_LARGE: 'The answer is larger than 10 MB.',
  UND_ERR_INVALID_ARG: 'A header or the method is not valid HTTP.',
  CERT_HAS_EXPIRED: "The host's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The host's certificate is signed by itself.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The host's certificate is for another name.",
};

function codeOf(thrown: unknown): string {
  // A host with several addresses fails with the list of what each said.
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  if (typeof thrown !== 'object' || thrown === null) return '';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function failureOf(thrown: unknown): AppError {
  const code = codeOf(thrown);
  const message = sentences[code] ?? `The call failed${code === '' ? '' : ` (${code})`}.`;
  return new AppError({ code: 'http_failed', message, details: { cause: code }, cause: thrown });
}

const decoders: Readonly<
  Record<string, (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // Some servers send bare deflate data without the zlib wrapping.
  deflate: (body, options) => promisify((body[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(body, options),
};

async function decode(body: Uint8Array, encoding: string): Promise<Uint8Array> {
  const name = encoding.trim().toLowerCase();
  if (body.length === 0 || name === '' || name === 'identity') return body;
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (decoder === undefined) {
    throw new AppError({
      code: 'http_failed',
      message: 'The answer is encoded in a way that is not understood.',
    });
  }
  return decoder(body, { maxOutputLength: longestBody });
}

/** Header names sent for this request, or its own where it has them. */
function withDefaults(headers: OutboundRequest['headers']): string[] {
  const own = new Set(headers.map(([name]) => name.toLowerCase()));
  const defaults = [
    ['accept', '*/*'],
    ['accept-encoding', 'gzip, deflate, br'],
    ['user-agent', 'Hookyard'],
  ] as const;
  return [...defaults.filter(([name]) => !own.has(name)), ...headers].flat();
}

/** Sends for real, over a pool of kept connections. */
export function createOutbound(): Outbound {
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    // The signal bounds the whole call; undici's own limits must not cut in before it.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: longestBody,
    keepAliveTimeout: 4_000,
  });
  return {
    async send(request, signal) {
      try {
        const reply = await undiciRequest(request.url, {
          dispatcher: agent,
          method: request.method,
          headers: withDefaults(request.headers),
          body: request.body ?? null,
          signal,
        });
        const wire = new Uint8Array(await reply.body.arrayBuffer());
        const { 'content-encoding': encoding } = reply.headers;
        const headers: Record<string, string | string[]> = Object.fromEntries(
          Object.entries(reply.headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, value]],
          ),
        );
        return { status: reply.statusCode, headers, body: await decode(wire, encoding?.toString() ?? '') };
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        throw thrown instanceof AppError ? thrown : failureOf(thrown);
      }
    },
    close: () => agent.destroy(),
  };
}
