/** The call people are given to copy: made of what the endpoint itself says it expects (UI, first start). */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pageOf, workflowSchema } from '../../../src/shared/contract/views.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const callSchema = z.object({
  method: z.string(),
  body: z.string(),
  headers: z.record(z.string(), z.string()),
});

async function bodyFor(endpointId: string | undefined): Promise<unknown> {
  const call = await api.ok(callSchema, 'GET', `/endpoints/${endpointId}/credentials`);
  const body: unknown = JSON.parse(call.body);
  return body;
}

describe('the call shown for copying', () => {
  it('of the sample holds an order whose run ends with a total', async () => {
    const [sample] = (await api.ok(pageOf(workflowSchema), 'GET', '/workflows')).items;
    const endpoint = sample?.endpoints[0];
    const { body, headers } = await api.ok(callSchema, 'GET', `/endpoints/${endpoint?.id}/credentials`);
    const response = await fetch(endpoint?.url ?? '', { method: 'POST', body, headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ order: 'A-1001', total: 124, decision: 'review' });
  });

  it("has the examples of the endpoint's body parameters", async () => {
    const parameters = [
      { name: 'city', type: 'string', example: 'Bern' },
      { name: 'first', path: 'lines[0].qty', type: 'number', example: 4 },
      { name: 'trace', in: 'header', example: 'no' },
    ];
    const made = await api.live(simpleDocument('With examples', { parameters }));
    expect(await bodyFor(made.endpoints[0]?.id)).toEqual({ city: 'Bern' });
  });

  it('has those of query and headers too, nested fields, and passes what the endpoint requires', async () => {
    const parameters = [
      { name: 'city', path: 'address.city', required: true, example: 'Bern' },
      { name: 'odd', path: '`Order No.`', required: true, type: 'number', example: 7 },
      { name: 'source', in: 'query', required: true, example: 'crm' },
      { name: 'tag', in: 'query', type: 'array', example: ['a', 'b'] },
      { name: 'topic', in: 'header', path: 'x-shop-topic', required: true, example: 'orders' },
    ];
    const auth = { scheme: 'apiKey', in: 'query', name: 'key' };
    const made = await api.live(simpleDocument('All places', { style: 'native', auth, parameters }));
    const id = made.endpoints[0]?.id;
    const { body, headers, method } = await api.ok(callSchema, 'GET', `/endpoints/${id}/credentials`);
    expect(JSON.parse(body)).toEqual({ address: { city: 'Bern' }, 'Order No.': 7 });
    const sent = z.object({ status: z.number() });
    expect((await api.ok(sent, 'POST', `/endpoints/${id}/test`, {})).status).toBe(200);
    // The URL to hand out has the key and nothing of the example.
    const { url } = await api.ok(z.object({ url: z.string() }), 'GET', `/endpoints/${id}/url`);
    expect([...new URL(url).searchParams.keys()]).toEqual(['key']);
    expect((await fetch(url, { method, body, headers })).status).toBe(400);
    expect((await fetch(`${url}&source=web`, { method, body, headers })).status).toBe(200);
  });

  it("keeps the style's own words beside them", async () => {
    const parameters = [{ name: 'city', type: 'string', example: 'Bern' }];
    const made = await api.live(simpleDocument('Both', { style: 'validmind', parameters }));
    expect(await bodyFor(made.endpoints[0]?.id)).toMatchObject({ action: 'run_workflow', city: 'Bern' });
  });
});
