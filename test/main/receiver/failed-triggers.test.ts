/** What is a failed trigger and what is not (SPEC 2): everything that did not start what it should have, and nothing else. */
import { describe, expect, it } from 'vitest';
import { call, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();

const json = { 'content-type': 'application/json' };

describe('a failed trigger', () => {
  it.each<
    [string, Record<string, unknown>, { method?: string; body?: string; headers?: Record<string, string> }]
  >([
    ['method_not_allowed', {}, { method: 'PUT' }],
    ['cross_site', {}, { headers: { origin: 'https://elsewhere.test' } }],
    ['ip_not_allowed', { ipAllow: ['192.0.2.0/24'] }, {}],
    ['payload_too_large', { maxBodyBytes: 3 }, { body: '{"a":1}' }],
    ['unsupported_media_type', {}, { headers: { 'content-encoding': 'lzma' } }],
    ['unauthorized', { auth: { scheme: 'apiKey' } }, {}],
    ['malformed_json', {}, { body: '{' }],
    ['empty_body', {}, { body: '' }],
    ['too_deep', {}, { body: '['.repeat(101) + ']'.repeat(101) }],
    ['missing_parameter', { parameters: [{ name: 'order', required: true }] }, {}],
    ['invalid_parameter', { parameters: [{ name: 'n', type: 'number' }] }, { body: '{"n":"x"}' }],
    ['expression_failed', { filter: '$error("the filter broke")' }, {}],
    ['expression_failed', { dedupe: { key: '{{$error("the key broke")}}' } }, {}],
    ['expression_failed', { response: { mode: 'custom', body: '{{$error("the answer broke")}}' } }, {}],
    ['expression_invalid', { filter: 'trigger.(' }, {}],
  ])('is a request refused with %s: %j', async (reason, config, given) => {
    const secrets = config['auth'] === undefined ? {} : { key: 'the right key' };
    const { id, path } = await bench().endpoint(config, secrets);
    const { method = 'POST', body = '{"a":1}', headers = {} } = given;
    const answer = await call(bench().origin, path, { method, body, headers: { ...json, ...headers } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await bench().lastRequest(id)).toMatchObject({
      verdict: 'rejected',
      triage: 'open',
      reason,
      reasonText: expect.stringMatching(/\w/),
      runs: [],
    });
  });

  it('is counted once, however often it is retried in vain, and each retry tells its own cause', async () => {
    const { id, path } = await bench().endpoint({ filter: '$error("no")' });
    await post(bench().origin, path, { a: 1 });
    const [first] = await bench().requestsOf(id);
    const raw = bench().store.read.requests.raw(first?.id ?? '');
    if (first === undefined || raw === undefined) throw new Error('Nothing was recorded.');
    for (let n = 0; n < 2; n += 1) {
      await bench().receiver.judge(raw, { replayOf: first.id, endpointId: id });
    }
    const rows = await bench().requestsOf(id);
    expect(rows.map((row) => row.triage)).toEqual([null, null, 'open']);
    expect(bench().store.read.requests.lastRepeat(first.id)).toMatchObject({
      id: rows[0]?.id,
      isTaken: false,
      reason: 'expression_failed',
      status: 500,
    });
  });
});

describe('no failed trigger', () => {
  const triage = async (id: string) => (await bench().lastRequest(id)).triage;

  it('is what was accepted, filtered, or came twice', async () => {
    const { id, path } = await bench().endpoint({ filter: 'trigger.data.ok' });
    const headers = { 'idempotency-key': 'one of a kind' };
    expect((await post(bench().origin, path, { ok: true }, headers)).status).toBe(200);
    expect(await triage(id)).toBeNull();
    expect((await post(bench().origin, path, { ok: true }, headers)).json['duplicate']).toBe(true);
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'duplicate', triage: null });
    await post(bench().origin, path, { ok: false });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'filtered', triage: null });
  });

  it('is what was filtered, which is on the disk before its 200 leaves', async () => {
    const { id, path } = await bench().endpoint({ filter: 'trigger.data.ok' });
    for (let sent = 1; sent <= 5; sent += 1) {
      expect((await post(bench().origin, path, { ok: false })).json).toMatchObject({ filtered: true });
      const { items } = bench().store.read.requests.list({ endpointId: id, limit: 10 });
      expect(items).toHaveLength(sent);
    }
  });

  it('is a preflight, or a HEAD', async () => {
    const { id, path } = await bench().endpoint({
      methods: ['GET', 'POST'],
      cors: { origins: ['https://shop.test'] },
    });
    const origin = { origin: 'https://shop.test', 'access-control-request-method': 'POST' };
    expect((await call(bench().origin, path, { method: 'OPTIONS', headers: origin })).status).toBe(204);
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'handshake', triage: null });
    expect((await call(bench().origin, path, { method: 'HEAD' })).status).toBe(200);
    expect(await triage(id)).toBeNull();
  });

  it('is a request to a path nobody has', async () => {
    const before = bench().store.read.requests.countFailedOpen();
    expect((await post(bench().origin, '/hooks/of-nobody', {})).status).toBe(404);
    await bench().store.drain();
    expect(bench().store.read.requests.countFailedOpen()).toBe(before);
  });

  it('is a run that began and then failed: that is the run’s matter', async () => {
    const workflow = await bench().live({
      nodes: [
        { id: 'hook', type: 'webhook', config: { auth: { scheme: 'none' }, response: { mode: 'lastNode' } } },
        { id: 'bad', type: 'fail', config: { message: 'no' } },
      ],
      edges: ['hook>bad'],
    });
    expect((await post(bench().origin, workflow.paths['hook'] ?? '', {})).status).toBe(500);
    expect(await bench().lastRequest(workflow.endpoints['hook']?.id ?? '')).toMatchObject({
      verdict: 'accepted',
      triage: null,
    });
  });
});
