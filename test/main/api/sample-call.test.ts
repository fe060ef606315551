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

  it("keeps the style's own words beside them", async () => {
    const parameters = [{ name: 'city', type: 'string', example: 'Bern' }];
    const made = await api.live(simpleDocument('Both', { style: 'validmind', parameters }));
    expect(await bodyFor(made.endpoints[0]?.id)).toMatchObject({ action: 'run_workflow', city: 'Bern' });
  });
});
