/**
 * Digests as senders write them. Decoding is strict: Node drops the tail of a text that is no hex, so `<valid>zz`
 * would pass if it were decoded first and compared after.
 */

export type DigestEncoding = 'hex' | 'base64';

/** The bytes of a digest text, or undefined when it is not exactly `length` bytes in that encoding. */
export function decodeDigest(text: string, encoding: DigestEncoding, length: number): Buffer | undefined {
  if (encoding === 'hex') {
    if (text.length !== length * 2 || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
    return Buffer.from(text, 'hex');
  }
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
}
