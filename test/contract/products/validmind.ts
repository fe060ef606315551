/** ValidMind's page: start a workflow for a record, with the two headers it gives (SPEC 3). */
import { beforeAll, describe, expect, it } from 'vitest';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { curlJson } from '../support/shell.ts';
import { countRuns, type Made, makeHook, makeWorkflow, outputOf, runIn } from '../support/workflows.ts';

const KEY = 'k'.repeat(32);
const SECRET = 's'.repeat(64);
const KEYS = { 'x-api-key': KEY, 'x-api-secret': SECRET };
const host = hostForThisFile();

let target = '';
let workflow: Made;

beforeAll(async () => {
  const record = await host.v1('POST', '/v1/entities/InventoryModel/records', { name: 'Credit risk' });
  target = textAt(record.json, 'cuid');
  workflow = await makeHook(
    host,
    { style: 'validmind', auth: { scheme: 'keyPair', key: KEY, secret: SECRET } },
    [
      {
        id: 'seen',
        type: 'set',
        config: { fields: { for: '{{target.cuid}}', by: '{{trigger.data.action}}' } },
      },
    ],
  );
});

const start = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  action: 'run_workflow',
  target,
  entity_name: 'InventoryModel',
  ...more,
});

describe.concurrent('the URL of a ValidMind webhook', () => {
  it('is /vm/api/v1/webhooks/{endpointId}/{nodeId}', () => {
    expect(new URL(workflow.url()).pathname).toBe(`/vm/api/v1/webhooks/${workflow.endpointId()}/hook`);
  });

  it('answers 404 when the node in it is another', async () => {
    const answer = await host.call(workflow.url().replace(/hook$/, 'other'), {
      headers: KEYS,
      json: start(),
    });
    expectError(answer, 404, 'not_found');
  });
});

describe.concurrent('run_workflow', () => {
  it('sent by the curl line of the page starts the workflow for the record and finishes', async () => {
    const json = await curlJson(
      `curl -s -X POST "$URL" -H 'Content-Type: application/json' -H "x-api-key: ${KEY}" -H "x-api-secret: ${SECRET}" --data '{
  "action": "run_workflow",
  "target": "'$TARGET'",
  "entity_name": "InventoryModel"
}'`,
      { URL: workflow.url(), TARGET: target },
    );
    expect(json).toMatchObject({ success: true, executionId: expect.stringMatching(/^run_/) });
    const run = await runIn(host, textAt(json, 'executionId'));
    expect(run).toMatchObject({ status: 'succeeded', output: { for: target, by: 'run_workflow' } });
    expect(at(run, 'input')).toEqual(start());
  });

  it('works with the backticks the page printed into its Content-Type header', async () => {
    const json = await curlJson(
      `curl -s -X POST "$URL" -H 'Content-Type\`: \`application/json' -H 'x-api-key: ${KEY}' -H 'x-api-secret: ${SECRET}' --data '{
  "action": "run_workflow",
  "target": "'$TARGET'",
  "entity_name": "InventoryModel"
}'`,
      { URL: workflow.url(), TARGET: target },
    );
    expect(json).toMatchObject({ success: true });
    expect(await outputOf(host, textAt(json, 'executionId'))).toEqual({ for: target, by: 'run_workflow' });
  });

  it('gives the run the record as its target', async () => {
    const id = expectAccepted(await host.call(workflow.url(), { headers: KEYS, json: start() }));
    expect(JSON.stringify(at(await runIn(host, id), 'target'))).toContain(target);
  });

  it('keeps further fields of the payload for the workflow', async () => {
    const extra = await makeHook(host, { style: 'validmind', auth: { scheme: 'none' } }, [
      { id: 'note', type: 'transform', config: { expression: 'trigger.payload.note' } },
    ]);
    const id = expectAccepted(await host.call(extra.url(), { json: start({ note: { deep: [1] } }) }));
    expect(await outputOf(host, id)).toEqual({ deep: [1] });
  });
});

describe('what ValidMind callers are refused', () => {
  it.each([
    ['another key', { ...KEYS, 'x-api-key': 'wrong' }],
    ['another secret', { ...KEYS, 'x-api-secret': 'wrong' }],
    ['key and secret exchanged', { 'x-api-key': SECRET, 'x-api-secret': KEY }],
    ['no secret', { 'x-api-key': KEY }],
    ['no key', { 'x-api-secret': SECRET }],
    ['an empty key', { ...KEYS, 'x-api-key': '' }],
    ['no header at all', {}],
  ])('C2 %s is 401 and starts nothing', async (_what, headers) => {
    const before = await countRuns(host, workflow.id);
    expectError(await host.call(workflow.url(), { headers, json: start() }), 401, 'unauthorized');
    expect(await countRuns(host, workflow.id)).toBe(before);
  });

  it.each(['delete_workflow', '', 'RUN_WORKFLOW'])(
    'A13 the action "%s" is 400 unknown_action',
    async (action) => {
      const answer = await host.call(workflow.url(), { headers: KEYS, json: start({ action }) });
      expect(answer.json).toMatchObject({ success: false, error: 'unknown_action' });
      expect(answer.status).toBe(400);
    },
  );

  it.each(['action', 'target', 'entity_name'])(
    'a body without %s is 400 missing_parameter',
    async (field) => {
      const json = Object.fromEntries(Object.entries(start()).filter(([name]) => name !== field));
      const answer = await host.call(workflow.url(), { headers: KEYS, json });
      expect(answer.json).toMatchObject({
        success: false,
        error: 'missing_parameter',
        msg: 'Missing required parameter',
        missing: [field],
      });
      expect(answer.status).toBe(400);
    },
  );

  it.each([
    ['an unknown cuid', { target: 'rec_nobody' }],
    ['an entity there is not', { entity_name: 'NoSuchEntity' }],
  ])('%s is 404 target_not_found', async (_what, change) => {
    const answer = await host.call(workflow.url(), { headers: KEYS, json: start(change) });
    expectError(answer, 404, 'target_not_found');
  });

  it('a record of another entity is 404 target_not_found', async () => {
    await host.v1('POST', '/v1/entities', { name: 'Vendor', fields: [{ name: 'name', type: 'string' }] });
    const vendor = await host.v1('POST', '/v1/entities/Vendor/records', { name: 'ACME' });
    const answer = await host.call(workflow.url(), {
      headers: KEYS,
      json: start({ target: textAt(vendor.json, 'cuid') }),
    });
    expectError(answer, 404, 'target_not_found');
  });

  it('authentication comes before the body is looked at', async () => {
    expectError(await host.call(workflow.url(), { json: { action: 'nonsense' } }), 401, 'unauthorized');
  });
});

describe.concurrent('a Webhook step inside a workflow', () => {
  it('is passed through when "wait for webhook trigger when reached" is off', async () => {
    const through = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: { style: 'validmind', auth: { scheme: 'none' } } },
      { id: 'middle', type: 'webhook', config: { style: 'validmind', auth: { scheme: 'none' } } },
      { id: 'end', type: 'set', config: { fields: { done: true } } },
    ]);
    const id = expectAccepted(await host.call(through.url(), { json: start() }));
    expect(await outputOf(host, id)).toEqual({ done: true });
  });
});
