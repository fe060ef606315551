/**
 * A captured request as an entry of a HAR 1.2 archive, as developers' tools read it. What the format has no word for
 * stands in `_hookyard`; a body that is no text is base64, which the request half of the format does not know either.
 */
import { STATUS_CODES } from 'node:http';
import type { RequestView } from '../../shared/contract/views.ts';
import { encodedBody } from './masked-body.ts';

interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** One entry of `log.entries`. */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  readonly comment?: string;
  readonly _hookyard: Readonly<Record<string, unknown>>;
}

/**
 * The entry of a request.
 * @param body masked, as it may leave.
 * @param origin in front of the target, which is stored without one.
 */
export function harEntry(view: RequestView, body: Uint8Array, origin: string): HarEntry {
  const wait = view.durationMs ?? 0;
  const { id, endpointId, endpointName, verdict, reason, reasonText, clientIp, replay, firstRequestId } =
    view;
  return {
    startedDateTime: view.receivedAt,
    time: wait,
    request: requestOf(view, body, origin),
    response: responseOf(view),
    cache: {},
    timings: { send: 0, wait, receive: 0 },
    ...(view.reasonText === null ? {} : { comment: view.reasonText }),
    _hookyard: {
      id,
      endpointId,
      endpointName,
      verdict,
      reason,
      reasonText,
      clientIp,
      replay,
      firstRequestId,
    },
  };
}

function pairs(list: ReadonlyArray<readonly [string, string]>): readonly NameValue[] {
  return list.map(([name, value]) => ({ name, value }));
}

function requestOf(view: RequestView, body: Uint8Array, origin: string) {
  const { encoding, data } = encodedBody(body);
  const note =
    view.storedBodySize < view.bodySize ? { comment: 'Only the beginning of this body was kept.' } : {};
  const postData = {
    mimeType: view.contentType ?? 'application/octet-stream',
    text: data,
    ...(encoding === 'base64' ? { _encoding: 'base64' } : {}),
    ...note,
  };
  return {
    method: view.method,
    url: view.url.startsWith('/') ? origin + view.url : view.url,
    httpVersion: `HTTP/${view.httpVersion}`,
    cookies: [],
    headers: pairs(view.headers),
    queryString: pairs(view.query),
    headersSize: -1,
    bodySize: view.bodySize,
    ...(body.byteLength === 0 ? {} : { postData }),
  };
}

function responseOf({ reply }: RequestView) {
  const headers = Object.entries(reply?.headers ?? {});
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const text = reply?.body ?? '';
  return {
    // 0: it was never answered.
    status: reply?.status ?? 0,
    statusText: STATUS_CODES[reply?.status ?? 0] ?? '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    content: { size: Buffer.byteLength(text), mimeType: type ?? 'x-unknown', text },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  };
}
