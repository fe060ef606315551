/**
 * The callers of the five products, word for word: the commands their documentation gives, sent by curl and signed by
 * openssl, with nothing changed but the host and the ids in the URL.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { useReceiver, type NodeInput } from './open-receiver.ts';

const bench = useReceiver();
const run = promisify(execFile);

/** Runs a command line as a person would, and answers status and body. */
async function shell(script: string): Promise<{ status: number; json: Record<string, unknown> }> {
  const curl = script.replaceAll('curl ', `curl -sS -w '\\n%{http_code}' `);
  const { stdout } = await run('bash', ['-c', curl]);
  const lines = stdout.trimEnd().split('\n');
  const status = Number(lines.pop());
  const value: unknown = JSON.parse(lines.join('\n'));
  return { status, json: typeof value === 'object' && value !== null ? { ...value } : {} };
}

const after = (expression: string): NodeInput => ({ id: 'after', type: 'transform', config: { expression } });

async function behind(config: Record<string, unknown>, secrets: Record<string, string>, expression: string) {
  const workflow = await bench().live({
    nodes: [{ id: 'hook', type: 'webhook', config }, after(expression)],
    edges: ['hook>after'],
    secrets: { hook: secrets },
  });
  return bench().origin + (workflow.paths['hook'] ?? '');
}

async function outputOf(json: Record<string, unknown>): Promise<unknown> {
  expect(json['success']).toBe(true);
  const view = await bench().untilRun(String(json['executionId']));
  expect(view.status).toBe('succeeded');
  return view.output;
}

describe('ValidMind', () => {
  const curl = (url: string, action: string, target: string) =>
    [
      `curl -X POST ${url} -H 'Content-Type\`: \`application/json' -H 'x-api-key: ${'k'.repeat(32)}' -H 'x-api-secret: ${'s'.repeat(64)}' --data '{`,
      `  "action": "${action}",`,
      `  "target": "${target}",`,
      '  "entity_name": "InventoryModel"',
      "}'",
    ].join('\n');

  it('starts a workflow for a model and lets a paused one go on', async () => {
    const style = { style: 'validmind' };
    const secrets = { key: 'k'.repeat(32), secret: 's'.repeat(64) };
    const workflow = await bench().live({
      nodes: [
        { id: 'hook', type: 'webhook', config: style },
        { id: 'pause', type: 'webhook', config: { ...style, waitWhenReached: true } },
        after('target.name'),
      ],
      edges: ['hook>pause', 'pause>after'],
      secrets: { hook: secrets, pause: secrets },
    });
    await bench().store.write('insertRecord', {
      cuid: 'clx123',
      entity: 'InventoryModel',
      data: { name: 'Credit risk' },
      at: Date.now(),
    });
    const [start, pause] = [
      bench().origin + workflow.paths['hook'],
      bench().origin + workflow.paths['pause'],
    ];
    expect(start).toMatch(/\/vm\/api\/v1\/webhooks\/ep_\w+\/hook$/);
    const started = await shell(curl(start, 'run_workflow', 'clx123'));
    expect(started.status).toBe(200);
    await bench().untilRun(String(started.json['executionId']), ['waiting']);
    const resumed = await shell(curl(pause, 'run_step', 'clx123'));
    expect(resumed).toMatchObject({ status: 200, json: { executionId: started.json['executionId'] } });
    expect(await outputOf(resumed.json)).toBe('Credit risk');
    expect((await shell(curl(start, 'run_workflow', 'clx123').replace('kkkk', 'xxxx'))).status).toBe(401);
    expect(await shell(curl(start, 'run_workflow', 'nobody'))).toMatchObject({
      status: 404,
      json: { error: 'target_not_found' },
    });
  });
});

describe('Metal', () => {
  it('starts a run with the payload as its input, signed with the shared secret', async () => {
    const url = await behind({ style: 'metal' }, { secret: 'shared-secret' }, 'trigger.data.companyId');
    expect(url).toMatch(/\/webhooks\/workflows\/[a-z0-9-]+$/);
    const payload = '{ "companyId": "665f1c2a9b1e4a0012a3b4c5" }';
    const signed = (signature: string) => `
      SIGNATURE=$(echo -n '${payload}' | openssl dgst -sha256 -hmac "shared-secret" | cut -d' ' -f2)
      curl -X POST ${url} \\
        -H "Content-Type: application/json" -H "X-Webhook-Signature: ${signature}" \\
        -d '${payload}'`;
    for (const form of ['$SIGNATURE', 'sha256=$SIGNATURE']) {
      const reply = await shell(signed(form));
      expect(reply.status).toBe(200);
      expect(await outputOf(reply.json)).toBe('665f1c2a9b1e4a0012a3b4c5');
    }
    expect(await shell(signed(''))).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
  });
});

describe('FlowX', () => {
  it('starts every connected process with webhookData', async () => {
    const key = 'A'.repeat(43);
    const source = await bench().shared('Incoming orders', { style: 'flowx' }, { key });
    for (const expression of ['webhookData', 'webhookData.payload.orderId']) {
      await bench().live({
        nodes: [{ id: 'hook', type: 'webhook', config: { endpointId: source.id } }, after(expression)],
        edges: ['hook>after'],
      });
    }
    const url = `${bench().origin}${source.path}`;
    expect(url).toMatch(/\/webhooks\/incoming\/local\/default\/default\/ep_\w+$/);
    const payload = '{"orderId":"ORD-12345","status":"completed","amount":299.99}';
    const send = (query: string, type: string, body: string, to = url) =>
      shell(
        `curl -X POST '${to}${query}' -H 'Content-Type: ${type}' -H 'X-Custom-Header: value' -d '${body}'`,
      );
    const { status, json } = await send(`?flowxApiKey=${key}`, 'application/json', payload);
    expect(status).toBe(200);
    const ids = Array.isArray(json['executionIds']) ? json['executionIds'].map(String) : [];
    const outputs = await Promise.all(ids.map(async (id) => (await bench().untilRun(id)).output));
    expect(outputs).toContain('ORD-12345');
    expect(outputs).toContainEqual({
      dateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      payload: JSON.parse(payload),
      headers: expect.objectContaining({ 'Content-Type': 'application/json', 'X-Custom-Header': 'value' }),
    });
    expect((await send('', 'application/json', payload)).status).toBe(401);
    expect((await send('?flowxApiKey=wrong', 'application/json', payload)).status).toBe(401);
    expect((await send(`?flowxApiKey=${key}`, 'application/json', '{"broken"')).status).toBe(400);
    expect(
      (await send(`?flowxApiKey=${key}`, 'application/json', payload, url.replace('/local/', '/other/')))
        .status,
    ).toBe(404);
  });

  it('parses what is valid JSON whatever it is called, and keeps the rest as a string', async () => {
    const url = await behind({ style: 'flowx' }, { key: 'k' }, 'webhookData.payload');
    const send = async (type: string, body: string) => {
      const { json } = await shell(
        `curl -X POST '${url}?flowxApiKey=k' ${type === '' ? '' : `-H 'Content-Type: ${type}'`} -d '${body}'`,
      );
      return outputOf(json);
    };
    expect(await send('text/plain', '{"a":1}')).toEqual({ a: 1 });
    expect(await send('', '{"a":1}')).toEqual({ a: 1 });
    expect(await send('text/plain', '{')).toBe('{');
    expect(await send('application/xml', '<a/>')).toBe('<a/>');
    expect(await send('', 'a=1&b=2')).toEqual({ a: '1', b: '2' });
  });
});

describe('HAP', () => {
  const parameters = [
    { name: 'name', required: true },
    { name: 'amount', type: 'number', in: 'query' },
  ];

  it('takes GET and POST and says what is missing in the words callers know', async () => {
    const url = await behind(
      { style: 'hap', parameters: [{ name: 'name', in: 'query', required: true }] },
      {},
      'params',
    );
    expect(url).toMatch(/\/workflow\/hooks\/ep_\w+$/);
    const got = await shell(`curl '${url}?name=Ada'`);
    expect(got.status).toBe(200);
    expect(await outputOf(got.json)).toEqual({ name: 'Ada' });
    expect(await shell(`curl '${url}'`)).toMatchObject({
      status: 400,
      json: { msg: 'Missing required parameter', missing: ['name'] },
    });
    const posted = await behind({ style: 'hap', parameters }, {}, 'params');
    const { json } = await shell(
      `curl -X POST '${posted}?amount=12.5' -H 'Content-Type: application/json' -d '{"name":"Ada"}'`,
    );
    expect(await outputOf(json)).toEqual({ name: 'Ada', amount: 12.5 });
  });

  it('can demand AppKey and Sign, in the query or in the body', async () => {
    const url = await behind(
      { style: 'hap', auth: { scheme: 'appSign' } },
      { appKey: 'appKey', secretKey: 'secretKey' },
      '"in"',
    );
    const sign = `
      T=$(date +%s%3N)
      HASH=$(echo -n "AppKey=appKey&SecretKey=secretKey&Timestamp=$T" | openssl dgst -sha256 | cut -d' ' -f2)
      SIGN=$(echo -n "$HASH" | base64 -w0)`;
    expect((await shell(`${sign}\ncurl "${url}?AppKey=appKey&Sign=$SIGN&Timestamp=$T"`)).status).toBe(200);
    expect(
      (
        await shell(
          `${sign}\ncurl -X POST ${url} -H 'Content-Type: application/json' -d "{\\"AppKey\\":\\"appKey\\",\\"Sign\\":\\"$SIGN\\",\\"Timestamp\\":$T}"`,
        )
      ).status,
    ).toBe(200);
    expect((await shell(`${sign}\ncurl "${url}?AppKey=other&Sign=$SIGN&Timestamp=$T"`)).status).toBe(401);
    expect((await shell(`curl ${url}`)).status).toBe(401);
  });

  it('can be open to listed addresses only', async () => {
    const url = await behind({ style: 'hap', ipAllow: ['203.0.113.0/24'] }, {}, '"in"');
    expect(await shell(`curl ${url}`)).toMatchObject({ status: 403, json: { error: 'ip_not_allowed' } });
  });
});

describe('FlowTrux', () => {
  it('is triggered by the documented commands', async () => {
    const url = await behind({ style: 'flowtrux' }, { secret: 'your-webhook-secret' }, 'trigger.data');
    expect(url).toMatch(/\/api\/webhooks\/wf_\w+$/);
    const reply = await shell(`PAYLOAD='{"event":"order_created","order_id":"12345"}'

SIGNATURE=$(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "your-webhook-secret" | cut -d' ' -f2)

curl -X POST ${url}?source=crm\\&priority=high \\
  -H "Content-Type: application/json" \\
  -H "X-Webhook-Signature: $SIGNATURE" \\
  -d "$PAYLOAD"`);
    expect(reply.status).toBe(200);
    expect(await outputOf(reply.json)).toEqual({
      event: 'order_created',
      order_id: '12345',
      _query: { source: 'crm', priority: 'high' },
    });
    const wrong = await shell(
      `curl -X POST ${url} -H "Content-Type: application/json" -H "X-Webhook-Signature: ${'0'.repeat(64)}" -d '{}'`,
    );
    expect(wrong).toMatchObject({ status: 401, json: { success: false, error: 'unauthorized' } });
    expect((await shell(`curl -X POST ${url} -d '{}'`)).status).toBe(401);
  });

  it('answers in its response modes', async () => {
    const config = { style: 'flowtrux', auth: { scheme: 'none' } };
    const send = async (response: Record<string, unknown>) => {
      const url = await behind({ ...config, response }, {}, '{"doubled": trigger.data.n * 2}');
      return shell(`curl -X POST ${url} -H "Content-Type: application/json" -d '{"n":21}'`);
    };
    expect((await send({ mode: 'minimal' })).json['executionId']).toMatch(/^run_/);
    expect(await send({ mode: 'lastNode', status: 201 })).toEqual({ status: 201, json: { doubled: 42 } });
    expect((await send({ mode: 'specificNode', nodeId: 'after' })).json).toEqual({ doubled: 42 });
    expect((await send({ mode: 'allNodes' })).json['after']).toEqual({
      name: 'after',
      output: { doubled: 42 },
    });
  });
});
