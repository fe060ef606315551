/** A body as it may leave the machine: secrets blotted out, text where it is text, else base64. */
import { isUtf8 } from 'node:buffer';
import { type KnownSecrets, maskBytes } from './masking.ts';

export interface MaskedBody {
  readonly encoding: 'utf8' | 'base64';
  readonly data: string;
}

/** Bytes with the endpoint's secrets masked, as text or base64. */
export function maskedBody(bytes: Uint8Array, known: KnownSecrets): MaskedBody {
  return encodedBody(maskBytes(bytes, known));
}

/** Bytes as text, or as base64 where they are no UTF-8. */
export function encodedBody(bytes: Uint8Array): MaskedBody {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer)
    ? { encoding: 'utf8', data: buffer.toString('utf8') }
    : { encoding: 'base64', data: buffer.toString('base64') };
}
