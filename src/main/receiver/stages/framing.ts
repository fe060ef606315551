/**
 * Stage 1, framing (SPEC 4.1): what could be read in two ways is not read at all. Node judges most of it before; these
 * are the cases it lets pass, found by looking at the headers as sent.
 */
import { AppError } from '../../../shared/errors.ts';
import type { RequestHead } from '../head.ts';

/** Bytes of the request target (SPEC 12). */
export const maxUrlBytes = 8_192;
/** Bytes of all header fields with their names, separators and line ends (SPEC 12). */
export const maxHeaderBytes = 16_384;
const maxFields = 100;

/** Two of these could mean two things to two readers. */
const singleFields: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'proxy-authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'idempotency-key',
  'webhook-id',
]);

function refuse(message: string): AppError {
  return new AppError({ code: 'bad_request', message });
}

/** @throws AppError `bad_request`, `uri_too_long`, `headers_too_large`, `expectation_failed` */
export function checkFraming({ raw, fields }: RequestHead): void {
  const { headers, httpVersion, url } = raw;
  if (url.length > maxUrlBytes) throw new AppError({ code: 'uri_too_long' });
  if (headers.length > maxFields) throw new AppError({ code: 'headers_too_large' });
  let bytes = 0;
  for (const [name, value] of headers) bytes += name.length + value.length + 4;
  if (bytes > maxHeaderBytes) throw new AppError({ code: 'headers_too_large' });

  const repeated = fields.repeatedOf(singleFields);
  if (repeated !== undefined) throw refuse(`The header ${repeated} was sent more than once.`);
  if (fields.get('host') === undefined && httpVersion !== '1.0') throw refuse('The header host is missing.');
  const expected = fields.get('expect');
  if (expected !== undefined && httpVersion !== '1.0' && expected.toLowerCase() !== '100-continue')
    throw new AppError({ code: 'expectation_failed' });
  const transfer = fields.get('transfer-encoding');
  if (transfer === undefined) return;
  if (transfer !== 'chunked') throw refuse('Transfer-Encoding may only be chunked.');
  if (httpVersion === '1.0') throw refuse('HTTP/1.0 knows no Transfer-Encoding.');
  if (fields.get('content-length') !== undefined)
    throw refuse('Content-Length and Transfer-Encoding exclude each other.');
}
