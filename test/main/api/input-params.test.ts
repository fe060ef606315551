/** Runs started with an input where a webhook stands at the start: `params` as if the input had been a body (SPEC 6). */
import { expect, it } from 'vitest';
import { runSchema } from '../../../src/shared/contract/views.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();

const document = {
  name: 'By input',
  nodes: [
    {
      id: 'hook',
      type: 'webhook',
      config: {
        style: 'native',
        auth: { scheme: 'none' },
        parameters: [
          { name: 'amount', type: 'number', in: 'body', path: 'order.amount', required: true },
          { name: 'note', type: 'string', in: 'body', required: true },
        ],
      },
    },
    { id: 'seen', type: 'transform', config: { expression: 'params' } },
  ],
  edges: [{ source: 'hook', target: 'seen' }],
};

it('reads parameters out of an input, required or not, live and as a test', async () => {
  const { id } = await api.live(document);
  const start = (body: object) => api.ok(runSchema, 'POST', `/workflows/${id}/runs`, { wait: true, ...body });
  const live = await start({ input: { order: { amount: 12.5 } } });
  expect(live).toMatchObject({ status: 'succeeded', output: { amount: 12.5 } });
  const tried = await start({ input: { order: { amount: 3 }, note: 'tried' }, version: 'draft' });
  expect(tried.output).toEqual({ amount: 3, note: 'tried' });
});

it('refuses an input whose parameter has the wrong type', async () => {
  const { id } = await api.live({ ...document, name: 'By wrong input' });
  const input = { order: { amount: 'many' } };
  await api.refused(400, 'invalid_parameter', 'POST', `/workflows/${id}/runs`, { input });
});
