/**
 * Stage 6, the body (SPEC 4.6): read within the endpoint's limit, kept exactly as received, and taken out of its content
 * encoding with the same limit on what comes out.
 */
import { decodeBody, readEncoding } from '../body/decode-body.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';

/** @throws AppError `payload_too_large`, `unsupported_media_type`, `request_timeout`, `malformed_body`, `bad_request` */
export function readBody(exchange: Exchange): void | Promise<void> {
  const { maxBodyBytes } = routeOf(exchange);
  const bytes = exchange.source.read(maxBodyBytes);
  if (bytes instanceof Promise) return bytes.then((received) => keep(exchange, received, maxBodyBytes));
  return keep(exchange, bytes, maxBodyBytes);
}

function keep(exchange: Exchange, bytes: Uint8Array, limit: number): void | Promise<void> {
  exchange.body = bytes;
  exchange.decoded = bytes;
  exchange.note = `${bytes.byteLength} bytes.`;
  const encoding = readEncoding(exchange.head.fields.get('content-encoding'));
  if (encoding === undefined || bytes.byteLength === 0) return undefined;
  return decodeBody(bytes, encoding, limit).then((decoded) => {
    exchange.decoded = decoded;
    exchange.note = `${bytes.byteLength} bytes, ${decoded.byteLength} out of ${encoding}.`;
  });
}
