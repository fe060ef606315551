/** A request as the fuzzer holds it: taken apart, so that one part can be changed, and written to the wire at the end. */

export interface Parcel {
  method: string;
  /** Path and query as they go out. */
  target: string;
  version: string;
  headers: [string, string][];
  body: Buffer;
  /** Sizes of the chunks the body goes out in; undefined: with its length. */
  chunks: number[] | undefined;
  /** Its framing may be in doubt: sent on a connection of its own, whose end tells that nothing more comes. */
  isTorn: boolean;
  /** Changes made to the bytes once written; only for torn ones. */
  lastly: ((bytes: Buffer) => Buffer)[];
}

/** A request that is all right. */
export function parcelOf(
  method: string,
  target: string,
  headers: Record<string, string>,
  body: Buffer,
): Parcel {
  return {
    method,
    target,
    version: '1.1',
    headers: Object.entries(headers),
    body,
    chunks: undefined,
    isTorn: false,
    lastly: [],
  };
}

/** The value of a header, the first of its name. */
export function headerOf(parcel: Parcel, name: string): string | undefined {
  return parcel.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** Puts a header in the place of all others of its name. */
export function setHeader(parcel: Parcel, name: string, value: string): void {
  parcel.headers = parcel.headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  parcel.headers.push([name, value]);
}

/** All headers that go out: its own, the host's name and how the body is framed, unless they are its own too. */
export function fieldsOf({ method, headers, body, chunks }: Parcel, host: string): [string, string][] {
  const has = (name: string): boolean => headers.some(([key]) => key.toLowerCase() === name);
  const fields: [string, string][] = has('host') ? [...headers] : [['Host', host], ...headers];
  if (has('content-length') || has('transfer-encoding')) return fields;
  if (chunks !== undefined) fields.push(['Transfer-Encoding', 'chunked']);
  else if (body.length > 0 || method !== 'GET') fields.push(['Content-Length', String(body.length)]);
  return fields;
}

/** The bytes on the wire. */
export function bytesOf(parcel: Parcel, host: string): Buffer {
  const { method, target, version, body, chunks } = parcel;
  const lines = [
    `${method} ${target} HTTP/${version}`,
    ...fieldsOf(parcel, host).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const whole: Buffer = Buffer.concat([head, chunks === undefined ? body : inChunks(body, chunks)]);
  return parcel.lastly.reduce((bytes, change) => change(bytes), whole);
}

function inChunks(body: Buffer, sizes: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (let n = 0; at < body.length; n += 1) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1);
    const piece = body.subarray(at, at + size);
    at += piece.length;
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}
