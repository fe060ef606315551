/** Captured requests: lists, details, bodies, and what one does with them. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { Comparison, ExportInput, Verification } from '../../shared/contract/inspector.ts';
import type { BodyView, RequestSummary, RequestView } from '../../shared/contract/views.ts';
import type { Verdict } from '../../shared/model/request.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineMirror } from './mirror.ts';

/** What a list of requests is narrowed to; times are ISO 8601. */
export interface RequestFilter {
  readonly endpoint?: string;
  readonly verdict?: Verdict;
  readonly status?: number;
  readonly method?: string;
  readonly since?: string;
  readonly until?: string;
  readonly q?: string;
  /** A run it started or resumed. */
  readonly run?: string;
  /** Address of the caller. */
  readonly client?: string;
}

/** Requests, newest first. */
export const requestList = defineList<RequestFilter, RequestSummary>({
  topics: ['requests', 'runs'],
  rowTopic: 'requests',
  page: (client, filter, place, signal) => client.requests.list({ ...filter, ...place }, { signal }),
  one: (client, id, signal) => client.requests.get({ id }, { signal }),
});

/** One request with its stages, headers and reply. */
export const requestMirror = defineMirror<string, RequestView>({
  topics: ['requests', 'runs'],
  about: (id) => ({ topic: 'requests', id }),
  read: (client, id, signal) => client.requests.get({ id }, { signal }),
});

/** The beginning of a request's body, up to `maxBytes`. */
export const bodyMirror = defineMirror<{ readonly id: string; readonly maxBytes: number }, BodyView>({
  topics: [],
  read: (client, input, signal) => client.requests.preview(input, { signal }),
});

/** The request as a curl command. */
export const readCurl = (id: string): Promise<string> =>
  call(async (client) => (await client.requests.curl({ id })).curl);

/** The whole body, whatever its size. */
export const readWholeBody = (id: string): Promise<BodyView> =>
  call((client) => client.requests.preview({ id, maxBytes: 33_554_432 }));

/** Why the authentication of a request passed or failed; looked into anew when keys or settings change. */
export const verificationMirror = defineMirror<string, Verification>({
  topics: ['endpoints', 'workflows', 'secrets'],
  read: (client, id, signal) => client.requests.verification({ id }, { signal }),
});

/** The request as curl, fetch and HTTPie. */
export const readSnippets = (id: string) =>
  call(async (client) => (await client.requests.snippets({ id })).items);

/** What differs between two requests. */
export const comparisonMirror = defineMirror<{ readonly left: string; readonly right: string }, Comparison>({
  topics: [],
  read: (client, input, signal) => client.requests.compare(input, { signal }),
});

type Inputs<Name extends keyof HookyardClient['requests']> = NonNullable<
  Parameters<HookyardClient['requests'][Name]>[0]
>;

/** How a stored request is sent again. */
export type Replay = Inputs<'replay'>;

/** Sends a stored request again; answers how it was judged. */
export const replayRequest = (replay: Replay) => call((client) => client.requests.replay(replay));

/** A file made of requests. */
export interface ExportedFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly parts: readonly string[];
  readonly count: number;
  /** Whether more were asked for than one file holds. */
  readonly cut: boolean;
}

/** Takes requests out as a file; `onCount` hears how many it holds so far. Throws `AbortError` when cancelled. */
export const exportRequests = (
  input: Partial<ExportInput>,
  onCount: (count: number) => void,
  signal: AbortSignal,
): Promise<ExportedFile> =>
  call(async (client) => {
    const parts: string[] = [];
    const pieces = await client.requests.export(input, { signal });
    for (;;) {
      const { done, value } = await pieces.next();
      if (done === true) return { ...value, parts };
      parts.push(value.text);
      onCount(value.count);
    }
  }, signal);
