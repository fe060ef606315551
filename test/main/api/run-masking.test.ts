/** What people may see of the requests behind a run. */
import { expect, it } from 'vitest';
import { noSecrets } from '../../../src/main/api/masking.ts';
import { maskRun } from '../../../src/main/api/run-masking.ts';
import { deliver, liveWorkflow, makeDocument, openEngine, untilRun } from '../engine/open-engine.ts';

it('blots out credentials a webhook step received, and leaves them to the steps', async () => {
  const bench = await openEngine();
  const document = makeDocument(
    [
      { id: 'hook', type: 'webhook' },
      { id: 'id', type: 'transform', config: { expression: 'trigger.headers.`x-id`' } },
    ],
    ['hook>id'],
  );
  const outcome = await deliver(bench, {
    url: '/x?flowxApiKey=canary-in-query&keep=1',
    headers: [
      ['X-Api-Key', 'canary-in-header'],
      ['X-Id', '7'],
    ],
    starts: { workflowId: await liveWorkflow(bench.store, document) },
  });
  const id = outcome.kind === 'started' ? (outcome.runIds[0] ?? '') : '';
  const run = await untilRun(bench.engine, id);
  expect(JSON.stringify(run)).toContain('canary');
  const shown = maskRun(run, noSecrets);
  expect(JSON.stringify(shown)).not.toContain('canary');
  expect(shown.steps[0]?.output).toMatchObject({
    headers: { 'x-api-key': expect.stringContaining('***'), 'x-id': '7' },
    query: { flowxApiKey: '***', keep: '1' },
  });
  expect(shown.output).toBe('7');
});
