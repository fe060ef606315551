/** How endpoints say they are doing, through `/v1` of a real host: what is open or replayable, weak, late, quiet or broken. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { judgeAnswers } from '../../../../src/main/api/health/deadline-coach.ts';
import { exposureOf } from '../../../../src/main/api/health/exposure.ts';
import { weaknessOf } from '../../../../src/main/api/secret-strength.ts';
import { endpointSchema, requestSchema, statusSchema } from '../../../../src/shared/contract/views.ts';
import { endpointSettingsSchema } from '../../../../src/shared/model/endpoint.ts';
import { startHost, type TestHost } from '../../../support/host.ts';
import { movedClock } from '../../../contract/support/moved-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { until } from '../../../support/until.ts';
import { callV1 } from '../../../support/v1.ts';
import { simpleDocument, useApiHost } from '../api-host.ts';

const api = useApiHost();
const accepted = z.looseObject({ requestId: z.string() });

async function post(url: string, headers: Record<string, string> = {}, body = '{"a":1}') {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const said: unknown = await response.json();
  return { status: response.status, body: said };
}

/** Makes a workflow of one webhook live; answers how to look at its endpoint. */
async function endpoint(name: string, config: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const workflow = await api.live(simpleDocument(name, config, more));
  const [own] = workflow.endpoints;
  const id = own?.id ?? '';
  return { id, url: own?.url ?? '', workflow, view: () => api.ok(endpointSchema, 'GET', `/endpoints/${id}`) };
}

describe('an endpoint', () => {
  it.each([
    [{ auth: { scheme: 'none' } }, { open: true, replayable: false }],
    [{ auth: { scheme: 'apiKey' } }, { open: false, replayable: true }],
    [{ auth: { scheme: 'hmac' } }, { open: false, replayable: true }],
    // A timestamp that is not signed can be written anew by whoever sends the call again.
    [{ auth: { scheme: 'hmac', timestampHeader: 'X-Time' } }, { open: false, replayable: true }],
    [{ auth: { scheme: 'hmac', signed: '{timestamp}.{body}' } }, { open: false, replayable: false }],
    [
      { auth: { scheme: 'hmac' }, dedupe: { body: true } },
      { open: false, replayable: false },
    ],
    [
      { auth: { scheme: 'hmac' }, dedupe: { key: '{{trigger.data.id}}' } },
      { open: false, replayable: false },
    ],
    [{ auth: { scheme: 'appSign' } }, { open: false, replayable: true }],
    [{ auth: { scheme: 'provider', provider: 'stripe' } }, { open: false, replayable: false }],
    [{ auth: { scheme: 'unheard-of' } }, { open: false, replayable: false }],
  ])('says whether anyone may call, and whether a call can be sent again: %j', (settings, expected) => {
    expect(exposureOf(endpointSettingsSchema.parse(settings))).toEqual(expected);
  });

  it('counts the last day apart: accepted, duplicates, refused; and remembers the last call', async () => {
    const { url, view } = await endpoint('Counts', {
      auth: { scheme: 'apiKey', key: 'a key that is long enough' },
    });
    const key = { 'x-api-key': 'a key that is long enough' };
    await post(url, key);
    for (let round = 0; round < 3; round++) await post(url, { ...key, 'idempotency-key': 'one' });
    await post(url, { 'x-api-key': 'wrong' });
    const shown = await view();
    expect(shown.recent).toEqual({ accepted: 2, duplicates: 2, rejected: 1 });
    expect(shown).toMatchObject({ silence: null, coach: null, open: false, replayable: true });
    expect(shown.lastRequestAt).not.toBeNull();
  });

  it('shows its silence alarm while it is live, and none while it is not', async () => {
    const { url, view, workflow } = await endpoint(
      'Quiet',
      { auth: { scheme: 'none' } },
      { settings: { silenceAlarmHours: 2 } },
    );
    expect((await view()).silence).toEqual({
      alarmHours: 2,
      lastRequestAt: null,
      isSilent: false,
      since: null,
    });
    await post(url);
    const { silence, lastRequestAt } = await view();
    expect(silence).toEqual({ alarmHours: 2, lastRequestAt, isSilent: false, since: null });
    await api.v1('POST', `/workflows/${workflow.id}/deactivate`);
    expect((await view()).silence).toBeNull();
  });

  it('shared by several workflows is watched by the most watchful of them', async () => {
    const shared = await api.ok(endpointSchema, 'POST', '/endpoints', { name: 'Watched source' }, 201);
    await api.v1('POST', `/endpoints/${shared.id}/activate`);
    for (const silenceAlarmHours of [48, 6]) {
      const settings = { silenceAlarmHours };
      await api.live(
        simpleDocument(`Watching ${silenceAlarmHours}`, { endpointId: shared.id }, { settings }),
      );
    }
    const view = await api.ok(endpointSchema, 'GET', `/endpoints/${shared.id}`);
    expect(view.silence).toMatchObject({ alarmHours: 6, isSilent: false });
  });

  it("says where its client's address is known from", async () => {
    const { url } = await endpoint('Addressed', { auth: { scheme: 'none' } });
    const noteOf = async (headers: Record<string, string>) => {
      const { requestId } = accepted.parse((await post(url, headers)).body);
      return (await api.ok(requestSchema, 'GET', `/requests/${requestId}`)).clientIpNote;
    };
    expect(await noteOf({})).toBe('The other end of the connection.');
    expect(await noteOf({ 'x-forwarded-for': '9.9.9.9' })).toContain('passed on by a proxy or tunnel');
    await api.v1('PATCH', '/settings', { trustedHops: 1 });
    expect(await noteOf({ 'x-forwarded-for': '9.9.9.9' })).toContain('entry 1 from the right');
    await api.v1('PATCH', '/settings', { trustedHops: 0 });
  });
});

describe('the deadline coach', () => {
  const github = { sender: 'GitHub', deadlineMs: 10_000 };

  it('speaks when 1 in 20 answers comes near the deadline or misses it, and not of a few', () => {
    const times = (slow: number, ms: number) => [
      ...Array<number>(100 - slow).fill(50),
      ...Array<number>(slow).fill(ms),
    ];
    expect(judgeAnswers(times(4, 60_000), github)).toBeNull();
    expect(judgeAnswers(times(10, 7_999), github)).toBeNull();
    expect(judgeAnswers(times(10, 8_000), github)).toMatchObject({
      p95Ms: 8_000,
      deadlineMs: 10_000,
      sender: 'GitHub',
    });
    expect(judgeAnswers(times(10, 12_340), github)?.sentence).toBe(
      'GitHub waits 10 s, but one answer in twenty takes 12.3 s or longer: it counts those deliveries as failed and may send them again. Answer at once (response mode "minimal"); the run goes on by itself.',
    );
    expect(judgeAnswers([60_000, 60_000, 60_000, 60_000], github)).toBeNull();
  });

  it('looks at what waiting callers really waited', async () => {
    const response = { mode: 'lastNode' };
    const slow = await endpoint('Coached', {
      auth: { scheme: 'none' },
      response,
      senderDeadlineSeconds: 0.001,
    });
    const calm = await endpoint('Calm', { auth: { scheme: 'none' }, response, senderDeadlineSeconds: 60 });
    const atOnce = await endpoint('At once', { auth: { scheme: 'none' }, senderDeadlineSeconds: 0.001 });
    for (let round = 0; round < 6; round++) {
      for (const { url } of [slow, calm, atOnce]) expect((await post(url)).status).toBe(200);
    }
    expect((await slow.view()).coach).toMatchObject({ deadlineMs: 1, sender: 'The sender' });
    expect([(await calm.view()).coach, (await atOnce.view()).coach]).toEqual([null, null]);
  });
});

describe('a secret somebody chose', () => {
  it('is taken and called weak when it is short, long or a pattern', async () => {
    expect(weaknessOf('fifteen-bytes-x')).toContain('15 bytes');
    expect(weaknessOf('a-secret-of-16-b')).toBeNull();
    expect(weaknessOf('x'.repeat(64))).toContain('repeats');
    expect(weaknessOf('abcdefgh'.repeat(65))).toContain('520 bytes');
    const weak = await endpoint('Weak', { auth: { scheme: 'hmac', secret: 's3cret' } });
    expect((await weak.view()).secrets).toMatchObject([
      { field: 'secret', warning: expect.stringContaining('6 bytes'), isReadable: true },
    ]);
    const ours = await endpoint('Ours', { auth: { scheme: 'hmac' } });
    expect((await ours.view()).secrets).toMatchObject([{ warning: null }]);
    const checked = z.object({
      issues: z.array(z.unknown()),
      warnings: z.array(z.looseObject({ path: z.string() })),
    });
    const document = simpleDocument('Checked', { auth: { scheme: 'hmac', secret: 's3cret' } });
    expect(await api.ok(checked, 'POST', '/workflows/check', document)).toMatchObject({
      issues: [],
      warnings: [{ path: 'nodes[0].config.auth.secret', nodeId: 'hook' }],
    });
  });
});

describe('a rotation', () => {
  const resetAnswer = z.object({
    secrets: z.record(z.string(), z.string()),
    previousValidUntil: z.string().nullable(),
  });

  it('C18 is over at once when the previous key is revoked, also on a connection that was open before', async () => {
    const { id, url, view } = await endpoint('Revoked', {
      auth: { scheme: 'apiKey', key: 'the first key of them all' },
    });
    const send = async (key: string) => (await post(url, { 'x-api-key': key })).status;
    const { secrets } = await api.ok(resetAnswer, 'POST', `/endpoints/${id}/reset-key`, {
      overlapSeconds: 3_600,
    });
    const fresh = secrets['key'] ?? '';
    expect([await send(fresh), await send('the first key of them all')]).toEqual([200, 200]);
    const requests = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
    const { items } = await api.ok(requests, 'GET', `/requests?endpoint=${id}`);
    const notes = await Promise.all(
      items.map(async (item) => (await api.ok(requestSchema, 'GET', `/requests/${item.id}`)).stages),
    );
    expect(notes.map((stages) => stages.find(({ stage }) => stage === 'auth')?.note)).toEqual([
      'API key: genuine, with the previous secret.',
      'API key: genuine, with the current secret.',
    ]);
    const [during] = (await view()).secrets;
    expect(during?.previousValidUntil).not.toBeNull();
    expect(during?.previousUsedAt).not.toBeNull();
    const after = await api.ok(endpointSchema, 'POST', `/endpoints/${id}/revoke-previous`);
    expect(after.secrets[0]).toMatchObject({
      previousValidUntil: null,
      previousUsedAt: during?.previousUsedAt,
    });
    expect([await send('the first key of them all'), await send(fresh)]).toEqual([401, 200]);
    await api.ok(endpointSchema, 'POST', `/endpoints/${id}/revoke-previous`);
    await api.refused(404, 'not_found', 'POST', '/endpoints/ep_none/revoke-previous');
  });

  it("takes the sender's own new secret, with the old one valid meanwhile", async () => {
    const { id, view } = await endpoint('Sender made it', {
      auth: { scheme: 'provider', provider: 'stripe', secret: 'whsec_the_first_one_of_the_sender' },
    });
    const path = `/endpoints/${id}/reset-key`;
    const error = await api.refused(409, 'conflict', 'POST', path);
    expect(error.msg).toContain('The sender makes this secret');
    const secrets = { secret: 'whsec_the_next_one_of_the_sender' };
    expect(await api.ok(resetAnswer, 'POST', path, { secrets, overlapSeconds: 60 })).toMatchObject({
      secrets,
    });
    expect((await view()).secrets[0]?.previousValidUntil).not.toBeNull();
    const { issues } = await api.refused(422, 'invalid', 'POST', path, { secrets: { key: 'x' } });
    expect(issues?.[0]?.path).toBe('secrets.key');
  });
});

describe('silence', () => {
  it('is an alarm in the status after a restart, and none from the next call on', async () => {
    const dir = makeTempDir();
    let host = await startHost({ folder: dir.path });
    const document = simpleDocument(
      'Silent',
      { auth: { scheme: 'none' } },
      { settings: { silenceAlarmHours: 2 } },
    );
    const { body } = await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', document);
    const made = z
      .looseObject({ endpoints: z.tuple([z.looseObject({ id: z.string(), url: z.url() })]) })
      .parse(body);
    const [{ id, url }] = made.endpoints;
    await post(url);
    const alarms = async () => {
      const status = statusSchema.parse((await callV1(host.receiver, 'GET', '/v1/status')).body);
      return status.alarms.filter(({ endpointId }) => endpointId === id);
    };
    expect(await alarms()).toEqual([]);
    await host.stop();
    host = await startHost({ folder: dir.path, env: movedClock(3 * 3_600) });
    const found = await until('the alarm', async () => {
      const now = await alarms();
      return now.length > 0 && now;
    });
    expect(found).toMatchObject([
      {
        kind: 'silence',
        endpointName: 'Arrived',
        sentence: expect.stringMatching(/^Nothing has come since 20/),
      },
    ]);
    await post(host.receiver + new URL(url).pathname);
    expect(await alarms()).toEqual([]);
    await host.stop();
    dir.remove();
  });
});

describe('C14 a secret that is gone or can not be opened', () => {
  const dir = makeTempDir();
  let host: TestHost;
  const ids: string[] = [];
  beforeAll(async () => {
    host = await startHost({ folder: dir.path });
    for (const name of ['Deleted', 'Locked']) {
      const document = simpleDocument(name, {
        auth: { scheme: 'apiKey', key: `${name} key of some length` },
      });
      const { body } = await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', document);
      ids.push(
        z.looseObject({ endpoints: z.tuple([z.looseObject({ id: z.string() })]) }).parse(body).endpoints[0]
          .id,
      );
    }
    await host.stop();
    const db = new Database(join(dir.path, 'data', 'hookyard.db'));
    db.prepare('DELETE FROM endpoint_secrets WHERE endpoint_id = ?').run(ids[0]);
    db.close();
    rmSync(join(dir.path, 'config'), { recursive: true });
    host = await startHost({ folder: dir.path });
  });
  afterAll(async () => {
    await host.stop();
    dir.remove();
  });

  it('is 503 for every call, and an alarm in the status that names the endpoint', async () => {
    const read = async <Body>(schema: z.ZodType<Body>, path: string) =>
      schema.parse((await callV1(host.receiver, 'GET', path)).body);
    const before = await read(statusSchema, '/v1/status');
    expect(before.alarms).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'misconfigured',
          endpointId: ids[0],
          sentence: expect.stringContaining('key is not set'),
        }),
        expect.objectContaining({
          kind: 'misconfigured',
          endpointId: ids[1],
          sentence: expect.stringContaining('can not be decrypted'),
        }),
      ]),
    );
    for (const id of ids) {
      const view = await read(endpointSchema, `/v1/endpoints/${id}`);
      const { status, body } = await post(host.receiver + view.path, {
        'x-api-key': 'Locked key of some length',
      });
      expect([status, body]).toMatchObject([503, { error: 'endpoint_misconfigured' }]);
    }
    const { lastError } = await read(statusSchema, '/v1/status');
    expect(lastError?.message).toContain('The endpoint "Arrived" answers 503');
    const locked = await read(endpointSchema, `/v1/endpoints/${ids[1]}`);
    expect(locked.secrets).toMatchObject([{ field: 'key', isReadable: false, warning: null }]);
    // Setting it again is all it takes.
    const { body } = await callV1(host.receiver, 'POST', `/v1/endpoints/${ids[1]}/reset-key`, {});
    const { secrets } = z.looseObject({ secrets: z.record(z.string(), z.string()) }).parse(body);
    expect((await post(host.receiver + locked.path, { 'x-api-key': secrets['key'] ?? '' })).status).toBe(200);
    const { alarms } = await read(statusSchema, '/v1/status');
    expect(alarms.map(({ endpointId }) => endpointId)).not.toContain(ids[1]);
  });
});
