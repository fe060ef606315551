/**
 * Takes off the one content encoding a body may have, with the endpoint's limit on what comes out (SPEC 4.6): 172 bytes
 * of brotli can hold 100 MiB.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';

const decoders = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;
const decodeRaw = promisify(inflateRaw);

type Encoding = keyof typeof decoders;

const encodings: Readonly<Record<string, Encoding | 'identity'>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  identity: 'identity',
};

/**
 * Which encoding a header names; undefined for none.
 * @throws AppError `unsupported_media_type` for an unknown encoding or more than one layer
 */
export function readEncoding(header: string | undefined): Encoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '') return undefined;
  const encoding = Object.hasOwn(encodings, name) ? encodings[name] : undefined;
  if (encoding === undefined) {
    throw new AppError({
      code: 'unsupported_media_type',
      message: 'This content encoding is not supported; one layer of gzip, deflate or br is.',
    });
  }
  return encoding === 'identity' ? undefined : encoding;
}

/**
 * @param limit bytes that may come out
 * @throws AppError `payload_too_large`, `malformed_body`
 */
export async function decodeBody(bytes: Uint8Array, encoding: Encoding, limit: number): Promise<Uint8Array> {
  // Node refuses 0 here; one byte more than allowed is refused below.
  const options = { maxOutputLength: limit + 1 };
  const isBare = encoding === 'deflate' && !hasZlibHeader(bytes);
  try {
    const decoded = await (isBare ? decodeRaw : decoders[encoding])(bytes, options);
    if (decoded.byteLength <= limit) return decoded;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')) {
      throw new AppError({ code: 'malformed_body', message: `The body is not valid ${encoding}.`, cause });
    }
  }
  throw new AppError({
    code: 'payload_too_large',
    reason: `Decoded, the body has more than ${limit} bytes.`,
  });
}

/** Senders disagree on whether `deflate` has the two bytes of zlib in front. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
