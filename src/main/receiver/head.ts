/**
 * The head of a request: its target taken apart and its headers found by name. Built once per request from the headers as
 * sent, because what Node makes of repeated headers hides that they were repeated.
 */
import type { IncomingMessage } from 'node:http';
import type { RawRequest } from '../base/raw-request.ts';
import type { HeaderList } from '../../shared/model/request.ts';

/** Headers by lower-case name. */
export class HeaderFields {
  readonly #values = new Map<string, string>();
  #repeated: Set<string> | undefined;

  constructor(headers: HeaderList) {
    for (const [name, value] of headers) {
      const key = name.toLowerCase();
      if (this.#values.has(key)) (this.#repeated ??= new Set()).add(key);
      else this.#values.set(key, value);
    }
  }

  /** The first value of a header. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** The names of this list that were sent more than once; none is the rule. */
  repeatedOf(names: ReadonlySet<string>): string | undefined {
    if (this.#repeated === undefined) return undefined;
    for (const name of this.#repeated) if (names.has(name)) return name;
    return undefined;
  }
}

export interface RequestHead {
  /** The request without its body, as it was received. */
  readonly raw: Omit<RawRequest, 'body'>;
  /** As sent, undecoded; of an absolute-form target only the path. */
  readonly pathname: string;
  /** Query without its `?`, undecoded. */
  readonly search: string;
  readonly fields: HeaderFields;
}

/** Takes a request apart. */
export function readHead(raw: Omit<RawRequest, 'body'>): RequestHead {
  const target = raw.url.startsWith('/') ? raw.url : raw.url.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  return {
    raw,
    pathname: mark === -1 ? target : target.slice(0, mark),
    search: mark === -1 ? '' : target.slice(mark + 1),
    fields: new HeaderFields(raw.headers),
  };
}

/** The head of a request from the wire. */
export function headOf(request: IncomingMessage, receivedAt: number): RequestHead {
  const { rawHeaders } = request;
  const headers: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  }
  return readHead({
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    headers,
    remoteIp: unmapped(request.socket.remoteAddress ?? ''),
    receivedAt,
  });
}

/** On a dual-stack listener Node shows IPv4 callers as `::ffff:192.0.2.1`. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
