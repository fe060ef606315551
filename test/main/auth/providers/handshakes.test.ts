/** What senders ask before they deliver (PROVIDERS, Handshakes): answered to the letter, refused where it is not genuine. */
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judgeWith, noon, type Sent } from '../check.ts';

const seconds = String(noon / 1_000);
const test = [{ secret: 'test_secret' }];

function ask(provider: string, sent: Partial<Sent>, settings: Record<string, unknown> = {}) {
  const judge = judgeWith({ scheme: 'provider', provider, ...settings });
  const { provider: found } = judge;
  return found?.handshake?.(judge.check({ secrets: test, ...sent }));
}

/** Headers of a body signed like Slack and Zoom do. */
function signedHeaders(body: string, [signature, time]: readonly [string, string], secret = 'test_secret') {
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return { [signature]: `v0=${digest}`, [time]: seconds, 'Content-Type': 'application/json' };
}

const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

describe('meta', () => {
  const secrets = [{ secret: 'app-secret', verifyToken: 'the token' }];
  const get = (query: string) => ask('meta', { method: 'GET', url: `/hooks/x?${query}`, secrets });

  it('answers its challenge to who knows the verify token', () => {
    const answer = get('hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=the+token');
    expect(answer).toMatchObject({
      kind: 'answer',
      reply: { status: 200, headers: plain, body: '1158201444' },
    });
  });

  it.each([
    'hub.mode=subscribe&hub.challenge=1&hub.verify_token=other',
    'hub.mode=subscribe&hub.challenge=1&hub.verify_token=',
    'hub.mode=subscribe&hub.challenge=1',
    'hub.challenge=1&hub.verify_token=the+token',
    'hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=the+token',
    'hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token=the+token',
    'hub.mode=subscribe&hub.challenge=1&hub.verify_token=the+token&hub.verify_token=x',
  ])('refuses %s', (query) => {
    expect(get(query)).toMatchObject({ kind: 'refuse', status: 403 });
  });

  it('takes a delivery for none', () => {
    expect(ask('meta', { body: '{}', secrets })).toBeUndefined();
    expect(get('x=1')).toBeUndefined();
  });
});

describe('slack', () => {
  const body = '{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}';
  const names = ['X-Slack-Signature', 'X-Slack-Request-Timestamp'] as const;

  it('answers a signed verification with its challenge', () => {
    const answer = ask('slack', { body, headers: signedHeaders(body, names) });
    expect(answer).toMatchObject({
      kind: 'answer',
      reply: { status: 200, headers: plain, body: '3eZbrw1aB' },
    });
  });

  it('refuses one that is not signed, signed by another, or old', () => {
    for (const sent of [
      { body },
      { body, headers: signedHeaders(body, names, 'other') },
      { body, headers: signedHeaders(body, names), now: noon + 301_000 },
    ]) {
      expect(ask('slack', sent)).toMatchObject({ kind: 'refuse', status: 401 });
    }
  });
});

describe('zoom', () => {
  const body = '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event":"endpoint.url_validation"}';
  const names = ['x-zm-signature', 'x-zm-request-timestamp'] as const;
  const reply = {
    plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
    encryptedToken: 'af2b71c039092798acffde4bc073be46286db03f4d82bfac9008822d0fac2449',
  };

  it('answers a validation with the token and its digest', () => {
    for (const headers of [{}, signedHeaders(body, names)]) {
      const answer = ask('zoom', { body, headers });
      expect(answer).toMatchObject({ kind: 'answer', reply: { status: 200 } });
      expect(answer).toHaveProperty('reply.body', JSON.stringify(reply));
    }
  });

  it('refuses a validation that is signed wrongly', () => {
    const headers = signedHeaders(body, names, 'other');
    expect(ask('zoom', { body, headers })).toMatchObject({ kind: 'refuse', status: 401 });
  });

  it('never makes a digest that could pass for a signature', () => {
    for (const plainToken of [`v0:${seconds}:{}`, 'v0:1:x', '', 'a b', 7.5, { a: 1 }]) {
      const forged = JSON.stringify({ event: 'endpoint.url_validation', payload: { plainToken } });
      expect(ask('zoom', { body: forged })).toMatchObject({ kind: 'refuse', status: 403 });
    }
  });
});

describe('microsoftgraph', () => {
  it('answers a POST with its validation token, decoded', () => {
    const url = '/hooks/x?validationToken=Validation%3a+Testing+client+%3Cb%3E';
    const answer = ask('microsoftgraph', { url, headers: { 'Content-Type': 'text/plain' } });
    expect(answer).toMatchObject({
      reply: { status: 200, headers: plain, body: 'Validation: Testing client <b>' },
    });
    expect(ask('microsoftgraph', { method: 'GET', url })).toBeUndefined();
    expect(ask('microsoftgraph', { url: `${url}&validationToken=2` })).toBeUndefined();
  });
});

describe('discord', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const ping = (body: string, signed = body) => {
    const signature = signBytes(null, Buffer.from(seconds + signed), privateKey).toString('hex');
    const headers = { 'X-Signature-Ed25519': signature, 'X-Signature-Timestamp': seconds };
    return ask('discord', { body, headers }, { publicKey: key });
  };

  it('answers the ping of interactions with one, and that of webhook events with 204', () => {
    expect(ping('{"type":1}')).toMatchObject({ reply: { status: 200, body: '{"type":1}' } });
    expect(ping('{"version":1,"application_id":"1","type":0}')).toMatchObject({ reply: { status: 204 } });
  });

  it('refuses a ping of another signature', () => {
    expect(ping('{"type":1}', '{"type":1} ')).toMatchObject({ kind: 'refuse', status: 401 });
  });

  it('takes events and commands for none', () => {
    expect(ping('{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}')).toBeUndefined();
    expect(ping('{"type":2,"id":"1"}')).toBeUndefined();
  });
});
