/** Callers and readers of captured requests, for the tests of the inspector's calls. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import {
  bodyViewSchema,
  pageOf,
  requestSchema,
  requestSummarySchema,
  tokenSchema,
  type WorkflowView,
} from '../../../src/shared/contract/views.ts';
import type { ApiHost } from './api-host.ts';

export const judgedSchema = z.object({
  requestId: z.string(),
  status: z.number(),
  body: z.string(),
  runIds: z.array(z.string()),
});

export interface Sent {
  readonly url: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

/** Sends what a caller would; JSON unless told. */
export async function send({ url, body = '{"a":1}', headers = {}, method = 'POST' }: Sent) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** The endpoint of a workflow of one webhook. */
export function endpointOf({ endpoints: [endpoint] }: WorkflowView) {
  if (endpoint === undefined) throw new Error('The workflow has no endpoint.');
  return endpoint;
}

/** HMAC-SHA256 in hex, as the default scheme wants it. */
export function hexMac(secret: string, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** What the tests ask of a host about its captured requests. */
export function inspectorOf(api: ApiHost) {
  const page = pageOf(requestSummarySchema);
  return {
    page,
    /** The newest request of an endpoint. */
    async newest(endpointId: string) {
      const { items } = await api.ok(page, 'GET', `/requests?endpoint=${endpointId}&limit=1`);
      const [item] = items;
      if (item === undefined) throw new Error('Nothing was captured.');
      return item;
    },
    get: (id: string) => api.ok(requestSchema, 'GET', `/requests/${id}`),
    preview: (id: string) => api.ok(bodyViewSchema, 'GET', `/requests/${id}/preview`),
    /** A token with these scopes only. */
    async token(...scopes: string[]) {
      const made = tokenSchema.extend({ token: z.string() });
      const { token } = await api.ok(made, 'POST', '/tokens', { name: scopes.join(' '), scopes }, 201);
      return token;
    },
  };
}
