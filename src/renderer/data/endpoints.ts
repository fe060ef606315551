/** Endpoints: dedicated ones and shared data sources, their URLs, keys and ready commands. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { TriggerView } from '../../shared/contract/triggers.ts';
import type { EndpointView } from '../../shared/contract/views.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineMirror, defineSingle } from './mirror.ts';

export interface EndpointFilter {
  readonly q?: string;
  readonly kind?: EndpointView['kind'];
}

/** Endpoints, newest first. */
export const endpointList = defineList<EndpointFilter, EndpointView>({
  topics: ['endpoints', 'workflows', 'requests'],
  rowTopic: 'endpoints',
  page: (client, filter, place, signal) => client.endpoints.list({ ...filter, ...place }, { signal }),
  one: (client, id, signal) => client.endpoints.get({ id }, { signal }),
});

/** Starts that have no endpoint (by hand, by API, by schedule), for the list of triggers. */
export const otherTriggersMirror = defineMirror<string, readonly TriggerView[]>({
  topics: ['workflows', 'runs'],
  read: async (client, q, signal) => {
    const { items } = await client.triggers.list({ limit: 500, ...(q === '' ? {} : { q }) }, { signal });
    return items.filter(({ endpointId }) => endpointId === null);
  },
});

/** Switches several triggers; answers what each is now, and why one was not switched. */
export const switchTriggers = (ids: readonly string[], state: EndpointView['state']) =>
  call(async (client) => (await client.triggers.switch({ ids: [...ids], state })).items);

/** All endpoints at once, for choosing one. */
export const endpointChoices = defineSingle<readonly EndpointView[]>({
  topics: ['endpoints', 'workflows'],
  read: async (client, signal) => (await client.endpoints.list({ limit: 500 }, { signal })).items,
});

export const endpointMirror = defineMirror<string, EndpointView>({
  topics: ['endpoints', 'workflows', 'requests'],
  about: (id) => ({ topic: 'endpoints', id }),
  read: (client, id, signal) => client.endpoints.get({ id }, { signal }),
});

/** Ready commands of a correctly authenticated call; they hold secrets. `base` replaces the local address. */
export const snippetsMirror = defineMirror<
  { readonly id: string; readonly body?: string; readonly base?: string },
  readonly Snippet[]
>({
  topics: ['endpoints', 'workflows', 'settings'],
  read: async (client, input, signal) => (await client.endpoints.snippets(input, { signal })).snippets,
});

/** A ready command, e.g. `{id: 'curl', title: 'curl', text: 'curl -X POST …'}`. */
export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

type Inputs<Name extends keyof HookyardClient['endpoints']> = Parameters<
  HookyardClient['endpoints'][Name]
>[0];

export const createEndpoint = (input: NonNullable<Inputs<'create'>>): Promise<EndpointView> =>
  call((client) => client.endpoints.create(input));
/** Changes a shared data source: what is left out stays, null takes a setting out. */
export const updateEndpoint = (input: NonNullable<Inputs<'update'>>): Promise<EndpointView> =>
  call((client) => client.endpoints.update(input));
export const removeEndpoint = (id: string) => call((client) => client.endpoints.remove({ id }));
export const activateEndpoint = (id: string): Promise<EndpointView> =>
  call((client) => client.endpoints.activate({ id }));
export const deactivateEndpoint = (id: string): Promise<EndpointView> =>
  call((client) => client.endpoints.deactivate({ id }));
/** Replaces keys or secrets, by `secrets` where the sender made them; the answer is the only time new ones are shown. */
export const resetKey = (id: string, overlapSeconds: number, secrets?: Readonly<Record<string, string>>) =>
  call((client) =>
    client.endpoints.resetKey({ id, overlapSeconds, ...(secrets === undefined ? {} : { secrets }) }),
  );
/** Ends the overlap of a rotation: the previous key is refused from the next request on. */
export const revokePrevious = (id: string): Promise<EndpointView> =>
  call((client) => client.endpoints.revokePrevious({ id }));
/** The URL with its key where the style carries one. */
export const readUrl = (id: string): Promise<string> =>
  call(async (client) => (await client.endpoints.url({ id })).url);
/** URL, headers and secrets of a working call, shown only on demand. */
export const readCredentials = (id: string, target?: string) =>
  call((client) => client.endpoints.credentials({ id, ...(target === undefined ? {} : { target }) }));
/** Sends a correctly authenticated request and answers what came back. */
export const sendTestRequest = (id: string, body?: string) =>
  call((client) => client.endpoints.sendTest({ id, ...(body === undefined ? {} : { body }) }));
