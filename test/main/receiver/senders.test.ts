/**
 * Known senders through the front door (SPEC 4.7, 4.8, 4.11, 5): handshakes start nothing and are no failure, deliveries
 * are known again by their id, and schemes that take their time are waited for.
 */
import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { call, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver({ publicUrl: 'https://hooks.example.com' });
const secret = { secret: 'test_secret' };

const sender = (
  provider: string,
  more: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
) => ({
  auth: { scheme: 'provider', provider, ...more },
  ...rest,
});
const hexOf = (body: string): string => createHmac('sha256', 'test_secret').update(body).digest('hex');
const github = (body: string, id = 'delivery-1') => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${hexOf(body)}`,
  'x-github-delivery': id,
});

describe('a delivery', () => {
  it('of a known sender is taken, and told apart from a forged one', async () => {
    const { path, id } = await bench().endpoint(sender('github'), secret);
    const good = await post(bench().origin, path, '{"a":1}', github('{"a":1}'));
    expect(good).toMatchObject({ status: 200, json: { success: true } });
    const forged = await post(bench().origin, path, '{"a":2}', github('{"a":1}', 'delivery-2'));
    expect(forged).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
    expect(forged.text).not.toContain('signature');
    const captured = await bench().lastRequest(id);
    expect(captured).toMatchObject({ verdict: 'rejected', reason: 'unauthorized' });
    expect(captured.reasonText).toContain('X-Hub-Signature-256');
  });

  it('is known again by the id of its sender; with another body it is a mismatch', async () => {
    const { path } = await bench().endpoint(sender('github'), secret);
    const first = await post(bench().origin, path, '{"a":1}', github('{"a":1}'));
    const again = await post(bench().origin, path, '{"a":1}', github('{"a":1}'));
    expect(again.json).toMatchObject({ duplicate: true, executionId: first.json['executionId'] });
    const other = await post(bench().origin, path, '{"a":2}', github('{"a":2}'));
    expect(other).toMatchObject({ status: 422, json: { error: 'idempotency_mismatch' } });
    const next = await post(bench().origin, path, '{"a":1}', github('{"a":1}', 'delivery-2'));
    expect(next.json).not.toHaveProperty('duplicate');
  });

  it('is known by the id of its sender before a key anyone may add; by the key where there is no id', async () => {
    const { path } = await bench().endpoint(sender('github'), secret);
    const { 'x-github-delivery': _id, ...nameless } = github('{"a":1}');
    const send = (headers: Record<string, string>, key: string) =>
      post(bench().origin, path, '{"a":1}', { ...headers, 'idempotency-key': key });
    await send(github('{"a":1}'), 'one');
    expect((await send(github('{"a":1}'), 'two')).json).toMatchObject({ duplicate: true });
    expect((await send(nameless, 'two')).json).not.toHaveProperty('duplicate');
    expect((await send(nameless, 'two')).json).toMatchObject({ duplicate: true });
  });

  it('does not use up an id while it is refused', async () => {
    const { path } = await bench().endpoint(sender('github'), secret);
    const bad = { ...github('{"a":1}'), 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };
    expect((await post(bench().origin, path, '{"a":1}', bad)).status).toBe(401);
    expect((await post(bench().origin, path, '{"a":1}', github('{"a":1}'))).json).not.toHaveProperty(
      'duplicate',
    );
  });

  it('is known by its bytes only where that was chosen', async () => {
    const plain = await bench().endpoint();
    const chosen = await bench().endpoint({ dedupe: { body: true } });
    const twice = async (path: string) => {
      await post(bench().origin, path, '{"a":1}');
      return (await post(bench().origin, path, '{"a":1}')).json['duplicate'];
    };
    expect([await twice(plain.path), await twice(chosen.path)]).toEqual([undefined, true]);
    expect((await post(bench().origin, chosen.path, '{"a":2}')).json).not.toHaveProperty('duplicate');
    // An id that is not signed could be another one each time a captured call is sent again.
    const forged = { 'idempotency-key': 'another', 'webhook-id': 'another' };
    expect((await post(bench().origin, chosen.path, '{"a":2}', forged)).json).toMatchObject({
      duplicate: true,
    });
  });
});

describe('the secret', () => {
  it('from before overlaps, its use is noted, and it ends', async () => {
    const { path, id } = await bench().endpoint(sender('github'), { secret: 'old' });
    const old = (body: string, delivery: string) => ({
      ...github(body, delivery),
      'x-hub-signature-256': `sha256=${createHmac('sha256', 'old').update(body).digest('hex')}`,
    });
    await bench().setSecret(id, 'secret', 'test_secret', 60_000);
    expect((await post(bench().origin, path, '{}', old('{}', 'd1'))).status).toBe(200);
    expect((await post(bench().origin, path, '{}', github('{}', 'd2'))).status).toBe(200);
    await bench().store.drain();
    const [row] = bench().store.read.endpoints.secrets(id);
    expect(row?.previousUsedAt).toBeGreaterThan(0);
    await bench().setSecret(id, 'secret', 'third');
    expect((await post(bench().origin, path, '{}', github('{}', 'd3'))).status).toBe(401);
  });

  it('that is not there makes the endpoint 503, not open', async () => {
    for (const auth of [
      { scheme: 'provider', provider: 'github' },
      { scheme: 'basic' },
      { scheme: 'bearer' },
      { scheme: 'jwt' },
      { scheme: 'provider', provider: 'nobody' },
      { scheme: 'provider' },
    ]) {
      const { path } = await bench().endpoint({ auth });
      const reply = await post(bench().origin, path, '{}', github('{}'));
      expect(reply).toMatchObject({ status: 503, json: { error: 'endpoint_misconfigured' } });
    }
  });
});

describe('a scheme that takes its time', () => {
  it('is waited for', async () => {
    const { path } = await bench().endpoint({ auth: { scheme: 'jwt' } }, secret);
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('test_secret'));
    const good = await post(bench().origin, path, '{}', { authorization: `Bearer ${token}` });
    expect(good.status).toBe(200);
    const bad = await post(bench().origin, path, '{}', { authorization: `Bearer ${token}x` });
    expect(bad.status).toBe(401);
  });

  it('presents credentials that are sealed in what is kept', async () => {
    const { path, id } = await bench().endpoint(
      { auth: { scheme: 'bearer' } },
      { token: 'the-secret-token-of-it' },
    );
    await post(bench().origin, path, '{}', { authorization: 'Bearer the-secret-token-of-it' });
    const { raw } = await bench().lastRequest(id);
    expect(JSON.stringify(raw.headers)).not.toContain('the-secret-token');
    expect(raw.sealed).toBeDefined();
  });
});

describe('a time that is signed', () => {
  it('and far from ours is refused with the hint that a clock may be wrong', async () => {
    const { path, id } = await bench().endpoint(sender('slack'), secret);
    const timestamp = String(Math.floor(Date.now() / 1_000) + 600);
    const reply = await post(bench().origin, path, '{}', {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hexOf(`v0:${timestamp}:{}`)}`,
    });
    expect(reply.status).toBe(401);
    expect(reply.text).not.toContain('clock');
    expect((await bench().lastRequest(id)).reasonText).toMatch(/ahead of this machine's clock.*clock_skew/);
  });
});

describe('a handshake', () => {
  const metaSecrets = { ...secret, verifyToken: 'the-token' };

  it('by GET passes an endpoint that takes POST only; any other GET stays 405', async () => {
    const { path, id } = await bench().endpoint(sender('meta'), metaSecrets);
    const get = (query: string) => call(bench().origin, `${path}${query}`, { method: 'GET' });
    const good = await get('?hub.mode=subscribe&hub.verify_token=the-token&hub.challenge=C%2042');
    expect(good).toMatchObject({ status: 200, text: 'C 42' });
    expect(good.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    const captured = await bench().lastRequest(id);
    expect(captured).toMatchObject({ verdict: 'handshake', reason: 'handshake' });
    expect(captured.raw.url).not.toContain('the-token');
    expect(captured.runs).toEqual([]);
    const wrong = await get('?hub.mode=subscribe&hub.verify_token=other&hub.challenge=1');
    expect(wrong.status).toBe(403);
    expect(wrong.text).not.toContain('hub.');
    for (const query of ['', '?x=1', '?hub.mode=subscribe']) {
      expect(await get(query)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    }
    const put = await call(bench().origin, `${path}?hub.challenge=1`, { method: 'PUT' });
    expect(put.status).toBe(405);
  });

  it('is never answered by an endpoint of another sender, or of none', async () => {
    const ask = '?validationToken=abc&challenge=abc&crc_token=abc&hub.challenge=abc';
    for (const config of [sender('github'), { auth: { scheme: 'none' } }]) {
      const { path } = await bench().endpoint(config, secret);
      const byGet = await call(bench().origin, path + ask, { method: 'GET' });
      const byPost = await post(bench().origin, path + ask, '{"type":"url_verification","challenge":"abc"}');
      expect(byGet.status).toBe(405);
      expect(byPost.text).not.toContain('abc');
    }
  });

  it('comes before authentication and starts no run', async () => {
    const { path, id } = await bench().endpoint(sender('microsoftgraph'), secret);
    const reply = await call(bench().origin, `${path}?validationToken=a%20b`, {
      headers: { 'content-type': 'text/plain' },
    });
    expect(reply).toMatchObject({ status: 200, text: 'a b' });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'handshake' });
    const delivery = { value: [{ clientState: 'test_secret', id: '1' }] };
    expect((await post(bench().origin, path, delivery)).status).toBe(200);
  });

  it('that is forged counts among the failures of its caller', async () => {
    const { path } = await bench().endpoint(sender('meta'), metaSecrets);
    const wrong = `${path}?hub.mode=subscribe&hub.verify_token=other&hub.challenge=1`;
    const statuses: number[] = [];
    for (let count = 0; count < 31; count++) {
      statuses.push((await call(bench().origin, wrong, { method: 'GET' })).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(403));
    expect(statuses[30]).toBe(429);
  });

  it('that tells a secret is believed once; later only who tells the same one', async () => {
    const { path, id } = await bench().endpoint(sender('asana'));
    const tell = (value: string) =>
      call(bench().origin, path, { headers: { 'x-hook-secret': value, 'content-length': '0' } });
    const body = '{"events":[]}';
    const signed = (value: string) => ({
      'x-hook-signature': createHmac('sha256', value).update(body).digest('hex'),
    });
    expect((await post(bench().origin, path, body, signed('first-secret-of-asana'))).status).toBe(503);
    const [one, two] = await Promise.all([tell('first-secret-of-asana'), tell('other-secret-of-asana')]);
    expect([one?.status, two?.status].filter((status) => status === 200)).toHaveLength(1);
    const [known, unknown] =
      one?.status === 200
        ? ['first-secret-of-asana', 'other-secret-of-asana']
        : ['other-secret-of-asana', 'first-secret-of-asana'];
    expect((await post(bench().origin, path, body, signed(known))).status).toBe(200);
    expect((await post(bench().origin, path, body, signed(unknown))).status).toBe(401);
    expect(await tell(known)).toMatchObject({ status: 200, headers: { 'x-hook-secret': known } });
    const taken = await tell(unknown);
    expect([401, 403]).toContain(taken.status);
    expect(taken.headers).not.toHaveProperty('x-hook-secret');
    const [row] = bench().store.read.endpoints.secrets(id);
    expect(row?.sealed).not.toContain('secret-of-asana');
  });
});

describe('the custom rule', () => {
  const rule = (handshake: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    bench().endpoint({ auth: { scheme: 'hmac' }, handshake, ...more }, secret);

  it('answers what it matches, and leaves the rest to authentication', async () => {
    const { path, id } = await rule({
      match: { method: 'GET', query: { mode: 'verify', token: '*' } },
      headers: { 'X-Answer': 'yes' },
      body: '{{trigger.query.token}}',
    });
    const good = await call(bench().origin, `${path}?mode=verify&token=%3Cscript%3E`, { method: 'GET' });
    expect(good).toMatchObject({
      status: 200,
      text: '<script>',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'x-answer': 'yes',
      },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'handshake' });
    for (const query of ['?mode=verify', '?mode=other&token=1', '?mode=verify&token=1&token=2']) {
      expect((await call(bench().origin, path + query, { method: 'GET' })).status).toBe(405);
    }
    expect((await post(bench().origin, path, '{}')).status).toBe(401);
  });

  it('matches fields of a JSON or form body and headers, and answers with JSON', async () => {
    const { path } = await rule({
      match: { headers: { 'X-Kind': 'ping' }, body: { type: 'challenge' } },
      status: 202,
      body: { answer: '{{trigger.payload.value}}', fixed: true },
    });
    const json = await post(
      bench().origin,
      path,
      { type: 'challenge', value: { deep: [1] } },
      { 'x-kind': 'ping' },
    );
    expect(json).toMatchObject({ status: 202, json: { answer: { deep: [1] }, fixed: true } });
    const form = await call(bench().origin, path, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-kind': 'ping' },
      body: 'type=challenge&value=7',
    });
    expect(form.json).toEqual({ answer: '7', fixed: true });
    for (const headers of [{}, { 'x-kind': 'pong' }]) {
      expect((await post(bench().origin, path, { type: 'challenge' }, headers)).status).toBe(401);
    }
    expect((await post(bench().origin, path, '{"type":', { 'x-kind': 'ping' })).status).toBe(401);
  });

  it('reaches no secret, and runs no longer than an expression may', async () => {
    const { path } = await rule({ match: { query: { a: '*' } }, body: '{{secrets.KEY}}{{vars}}{{steps}}' });
    const reply = await post(bench().origin, `${path}?a=1`, '{}');
    expect(reply.text).not.toContain('test_secret');
    const endless = await rule({
      match: { query: { a: '*' } },
      body: '{{($f := function() { $f() }; $f())}}',
    });
    expect((await post(bench().origin, `${endless.path}?a=1`, '{}')).status).toBe(500);
    expect((await post(bench().origin, path, '{}')).status).toBe(401);
  });
});
