/** Bodies as bytes: for the hex view and for saving. */
import type { BodyView, RequestView } from '../../../shared/contract/views.ts';
import { offerFile } from '../../ui/offer-file.ts';

/** The bytes of a body as shown. */
export function bytesOf(body: BodyView): Uint8Array<ArrayBuffer> {
  if (body.encoding === 'utf8') return new TextEncoder().encode(body.data);
  const text = atob(body.data);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** One line of a hex dump: offset, bytes, and what is printable of them. */
export interface HexLine {
  readonly offset: string;
  readonly bytes: string;
  readonly text: string;
}

/** Bytes on one line of the dump. */
export const bytesPerLine = 16;

/** Line `index` of the dump. */
export function hexLine(bytes: Uint8Array, index: number): HexLine {
  const start = index * bytesPerLine;
  const part = [...bytes.subarray(start, start + bytesPerLine)];
  const hex = part.map((byte) => byte.toString(16).padStart(2, '0'));
  return {
    offset: start.toString(16).padStart(8, '0'),
    bytes: `${hex.slice(0, 8).join(' ').padEnd(23)}  ${hex.slice(8).join(' ').padEnd(23)}`,
    text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
  };
}

/** Hands the body to the person as a file. */
export function saveBody(body: BodyView, request: RequestView): void {
  const extension = /json/i.test(request.contentType ?? '') ? 'json' : 'bin';
  offerFile(`${request.id}.${extension}`, [bytesOf(body)]);
}
