/** A stored request as text to be changed, and what was changed of it. Bodies that are no text stay as they are. */
import type { RequestEdit } from '../../../shared/contract/inspector.ts';
import type { BodyView, RequestView } from '../../../shared/contract/views.ts';

/** What is typed; headers one per line, `Name: value`. */
export interface Draft {
  readonly method: string;
  readonly query: string;
  readonly headers: string;
  /** Undefined: the body is no text, or has none, and stays as it is. */
  readonly body: string | undefined;
}

/** The request as text. Its query and headers show keys masked; a mask that is sent back stays the key. */
export function draftOf(request: RequestView, body: BodyView | null): Draft {
  return {
    method: request.method,
    query: queryOf(request),
    headers: request.headers.map(([name, value]) => `${name}: ${value}`).join('\n'),
    body: body === null ? '' : body.encoding === 'utf8' && !body.truncated ? body.data : undefined,
  };
}

/** Only what was changed. */
export function editOf(draft: Draft, before: Draft): RequestEdit {
  return {
    ...(draft.method === before.method ? {} : { method: draft.method.trim().toUpperCase() }),
    ...(draft.query === before.query ? {} : { query: draft.query.replace(/^\?/, '') }),
    ...(draft.headers === before.headers ? {} : { headers: readHeaders(draft.headers) }),
    ...(draft.body === undefined || draft.body === before.body
      ? {}
      : { body: { encoding: 'utf8', data: draft.body } }),
  };
}

function queryOf({ url }: RequestView): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

function readHeaders(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
}
