/** Retention as an operator sets it, and full text as one asks for it: through a real host. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  pageOf,
  requestSummarySchema,
  settingsSchema,
  statusSchema,
} from '../../../src/shared/contract/views.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const made = z.object({ endpoints: z.array(z.object({ id: z.string(), url: z.url() })).min(1) });

describe('retention', () => {
  it('keeps 30 days, 100,000 requests an endpoint and 20 GiB unless told otherwise, each by itself', async () => {
    const before = await api.ok(settingsSchema, 'GET', '/settings');
    const usual = { days: 30, requestsPerEndpoint: 100_000, databaseBytes: 21_474_836_480 };
    expect(before.retention).toEqual(usual);
    const change = { retention: { days: 7 } };
    const changed = await api.ok(settingsSchema, 'PATCH', '/settings', change);
    expect(changed).toEqual({ ...before, retention: { ...usual, days: 7 } });
    const unlimited = { retention: { databaseBytes: null } };
    expect((await api.ok(settingsSchema, 'PATCH', '/settings', unlimited)).retention).toEqual({
      ...usual,
      days: 7,
      databaseBytes: null,
    });
    await api.ok(settingsSchema, 'PATCH', '/settings', { retention: usual });
  });

  it('refuses limits that make no sense, by their path', async () => {
    for (const retention of [
      { days: 0 },
      { requestsPerEndpoint: 0 },
      { databaseBytes: 1 },
      { weeks: 2 },
      5,
    ]) {
      await api.refused(422, 'invalid', 'PATCH', '/settings', { retention });
    }
  });

  it('says in the status that nothing was deleted yet', async () => {
    expect((await api.ok(statusSchema, 'GET', '/status')).pruning).toBeNull();
  });
});

describe('full text', () => {
  it('finds a request by any part of its address, headers or body, with filters, and no credential', async () => {
    const { endpoints } = await api.ok(
      made,
      'POST',
      '/workflows?activate=true',
      simpleDocument('searched'),
      201,
    );
    const url = endpoints[0]?.url ?? '';
    const send = async (body: string, query = ''): Promise<void> => {
      const headers = { 'content-type': 'application/json', 'x-trace': 'trace-4711', cookie: 'id=canary9' };
      const answer = await fetch(url + query, { method: 'POST', headers, body });
      expect(answer.status).toBeLessThan(500);
    };
    await send('{"city":"Zürich \\"am See\\""}', '?token=canary8&page=2');
    await send('{"city":"Bern OR NEAR(see)"}');
    const find = async (query: string): Promise<number> =>
      (await api.ok(pageOf(requestSummarySchema), 'GET', `/requests?${query}`)).items.length;
    expect(await find(`q=${encodeURIComponent('zürich \\"AM')}`)).toBe(1);
    expect(await find('q=OR%20NEAR(')).toBe(1);
    expect(await find('q=trace-4711')).toBe(2);
    expect(await find('q=page%3D2&method=POST')).toBe(1);
    expect(await find('q=trace-4711&method=GET')).toBe(0);
    expect(await find('q=canary')).toBe(0);
    expect(await find(`q=trace-4711&endpoint=${endpoints[0]?.id}`)).toBe(2);
  });
});
