/** Captured requests: lists, details, bodies, and what one does with them. */
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

/** Sends the stored bytes again; answers how they were judged. */
export const replayRequest = (id: string) => call((client) => client.requests.replay({ id }));
