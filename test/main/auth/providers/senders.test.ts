/**
 * The senders everybody has, against their own libraries and against what they published (PROVIDERS, Vectors): both agree
 * on what is genuine.
 */
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { sign as signOctokit, verify as verifyOctokit } from '@octokit/webhooks-methods';
import { verifyKey } from 'discord-interactions';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import twilioLibrary from 'twilio';
import { describe, expect, it } from 'vitest';
import { judgeWith, noon, type Sent } from '../check.ts';

const order = '{"event":"order_created","order_id":"12345"}';
const hexOfOrder = 'bb1d4151b5ce0503fbab339991b790e2a82aca6c304c780c5f9061693609b3af';
const test = [{ secret: 'test_secret' }];
const seconds = String(noon / 1_000);

type Settings = Record<string, unknown>;
const judge = (provider: string, settings: Settings = {}) =>
  judgeWith({ scheme: 'provider', provider, ...settings });

function verify(provider: string, sent: Partial<Sent>, settings: Settings = {}) {
  return judge(provider, settings).verify({ body: order, secrets: test, ...sent });
}

const genuine = { ok: true, secretIndex: 0 };

describe('what was published', () => {
  it.each<[string, Partial<Sent>]>([
    [
      'github',
      {
        headers: {
          'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
        },
        body: 'Hello, World!',
        secrets: [{ secret: "It's a Secret to Everybody" }],
      },
    ],
    ['github', { headers: { 'X-Hub-Signature-256': `sha256=${hexOfOrder}` } }],
    ['meta', { headers: { 'X-Hub-Signature-256': `sha256=${hexOfOrder}` } }],
    ['linear', { headers: { 'Linear-Signature': hexOfOrder } }],
    ['shopify', { headers: { 'X-Shopify-Hmac-SHA256': 'ux1BUbXOBQP7qzOZkbeQ4qgqymwwTHgMX5BhaTYJs68=' } }],
    [
      'stripe',
      {
        headers: {
          'Stripe-Signature': `t=${seconds},v1=f4c4b4f1ffc020f61f6e087fdd839b7a8df4a308d4dd6578c32995caa79f40f0`,
        },
      },
    ],
    [
      'slack',
      {
        headers: {
          'X-Slack-Signature': 'v0=398452a8858ce932e5a1d2da3eb80e17fb908ff86b4ddf6121ec6847f27fe811',
          'X-Slack-Request-Timestamp': seconds,
        },
      },
    ],
    [
      'zoom',
      {
        headers: {
          'x-zm-signature': 'v0=398452a8858ce932e5a1d2da3eb80e17fb908ff86b4ddf6121ec6847f27fe811',
          'x-zm-request-timestamp': seconds,
        },
      },
    ],
    [
      'slack',
      {
        headers: {
          'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
          'X-Slack-Request-Timestamp': '1531420618',
        },
        now: 1_531_420_618_000,
        secrets: [{ secret: '8f742231b10e8888abcd99yyyzzz85a5' }],
        body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      },
    ],
    [
      'standardwebhooks',
      {
        headers: {
          'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
          'webhook-timestamp': '1614265330',
          'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
        },
        now: 1_614_265_330_000,
        body: '{"test": 2432232314}',
        secrets: [{ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }],
      },
    ],
    [
      'standardwebhooks',
      {
        headers: {
          'svix-id': 'msg_1',
          'svix-timestamp': seconds,
          'svix-signature': 'v1,e9Lu7PQ1xnwZ0T1eEtux6jL7OaBvZ8CZ7dtEeSc1M2I=',
        },
        secrets: [{ secret: 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5' }],
      },
    ],
    [
      'twilio',
      {
        url: '/myapp.php?foo=1&bar=2',
        publicUrl: 'https://mycompany.com',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Twilio-Signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
        },
        body: 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212',
        secrets: [{ secret: '12345' }],
      },
    ],
  ])('is believed: %s', (provider, sent) => {
    expect(verify(provider, sent)).toEqual(genuine);
  });
});

describe('github', () => {
  it('agrees with its own library', async () => {
    const headers = { 'X-Hub-Signature-256': await signOctokit('test_secret', order) };
    expect(verify('github', { headers })).toEqual(genuine);
    const input = { method: 'POST', url: 'http://localhost/', body: Buffer.from(order), now: noon };
    const own = judge('github').sign({ ...input, secrets: { secret: 'test_secret' } });
    expect(await verifyOctokit('test_secret', order, own.headers['X-Hub-Signature-256'] ?? '')).toBe(true);
  });

  it('believes SHA-1 only where it is asked for, and never beside SHA-256', () => {
    const sha1 = `sha1=${createHmac('sha1', 'test_secret').update(order).digest('hex')}`;
    const old = { headers: { 'X-Hub-Signature': sha1 } };
    expect(verify('github', old)).toMatchObject({ ok: false, code: 'missing' });
    expect(verify('github', old, { legacy: true })).toEqual(genuine);
    const both = { headers: { ...old.headers, 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` } };
    expect(verify('github', both, { legacy: true })).toMatchObject({ ok: false, code: 'mismatch' });
  });

  it('needs its prefix', () => {
    expect(verify('github', { headers: { 'X-Hub-Signature-256': hexOfOrder } }).ok).toBe(false);
  });
});

describe('stripe', () => {
  const stripe = new Stripe('sk_test_1');
  const header = (secret: string, timestamp = noon / 1_000) =>
    stripe.webhooks.generateTestHeaderString({ payload: order, secret, timestamp });

  it('agrees with its own library, both ways', () => {
    const secrets = [{ secret: 'whsec_test' }];
    const headers = { 'Stripe-Signature': header('whsec_test') };
    expect(verify('stripe', { headers, secrets })).toEqual(genuine);
    const input = { method: 'POST', url: 'http://localhost/', body: Buffer.from(order), now: Date.now() };
    const own = judge('stripe').sign({ ...input, secrets: { secret: 'whsec_test' } });
    const event = stripe.webhooks.constructEvent(order, own.headers['Stripe-Signature'] ?? '', 'whsec_test');
    expect(event).toMatchObject({ order_id: '12345' });
  });

  it('takes any v1 of several and passes over kinds it does not know', () => {
    const [time, good] = header('test_secret').split(',');
    const [, other] = header('other').split(',');
    const list = `${time},${other},v0=0123,v1=short,${good}`;
    expect(verify('stripe', { headers: { 'Stripe-Signature': list } })).toEqual(genuine);
    const none = `${time},${good?.replace('v1', 'v0')}`;
    expect(verify('stripe', { headers: { 'Stripe-Signature': none } }).ok).toBe(false);
    const twice = `${time},t=1,${good}`;
    expect(verify('stripe', { headers: { 'Stripe-Signature': twice } }).ok).toBe(false);
  });

  it('holds the time to the tolerance, on both sides', () => {
    const at = (offset: number, settings: Settings = {}) =>
      verify(
        'stripe',
        { headers: { 'Stripe-Signature': header('test_secret', noon / 1_000 + offset) } },
        settings,
      ).ok;
    expect([at(-300), at(300), at(-301), at(301)]).toEqual([true, true, false, false]);
    expect(at(-301, { toleranceSeconds: 600 })).toBe(true);
  });

  it('knows an event again although it counts its tries', () => {
    const { provider, check } = judge('stripe');
    const bodyOf = (pending: number) => {
      const body = `{"id":"evt_1","object":"event","pending_webhooks":${pending}}`;
      const facts = check({ body, secrets: test });
      return [provider?.deliveryId?.(facts), provider?.deliveryBody?.(facts)];
    };
    expect(bodyOf(1)).toEqual(bodyOf(2));
    expect(bodyOf(1)[0]).toBe('evt_1');
  });
});

describe('standardwebhooks', () => {
  const secret = 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5';
  const secrets = [{ secret }];
  const library = new Webhook(secret);
  const headersOf = (signature: string, id = 'msg_1') => ({
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': signature,
  });
  const good = library.sign('msg_1', new Date(noon), order);

  it('agrees with its own library, both ways', () => {
    expect(verify('standardwebhooks', { headers: headersOf(good), secrets })).toEqual(genuine);
    const input = { method: 'POST', url: 'http://localhost/', body: Buffer.from(order), now: Date.now() };
    const own = judge('standardwebhooks').sign({ ...input, secrets: { secret } });
    expect(library.verify(order, { ...own.headers })).toEqual(JSON.parse(order));
  });

  it('takes one good signature of three, and none of an unknown version', () => {
    const other = new Webhook('whsec_b3RoZXJfc2VjcmV0XzI0X2J5dGVzX18=').sign('msg_1', new Date(noon), order);
    const list = `${other} v9,AAAA ${good}`;
    expect(verify('standardwebhooks', { headers: headersOf(list), secrets })).toEqual(genuine);
    const unknown = good.replace('v1,', 'v2,');
    expect(verify('standardwebhooks', { headers: headersOf(unknown), secrets })).toMatchObject({ ok: false });
  });

  it('refuses an id with a dot, although its signature fits', () => {
    const dotted = library.sign('msg.1', new Date(noon), order);
    const verdict = verify('standardwebhooks', { headers: headersOf(dotted, 'msg.1'), secrets });
    expect(verdict).toMatchObject({ ok: false, code: 'malformed' });
  });

  it.each(['1700000301', '1699999699', '1700000000000', 'NaN', ' ', '1.7e9'])(
    'refuses the time %s',
    (time) => {
      const headers = { ...headersOf(good), 'webhook-timestamp': time };
      expect(verify('standardwebhooks', { headers, secrets }).ok).toBe(false);
    },
  );

  it('believes v1a under the public key of the sender, without a secret of its own', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
    const signature = signBytes(null, Buffer.from(`msg_1.${seconds}.${order}`), privateKey);
    const headers = headersOf(`v1a,${signature.toString('base64')}`);
    const settings = { publicKey: `whpk_${raw}` };
    expect(verify('standardwebhooks', { headers, secrets: [] }, settings)).toEqual(genuine);
    expect(verify('standardwebhooks', { headers, secrets: [], body: `${order} ` }, settings).ok).toBe(false);
    expect(verify('standardwebhooks', { headers, secrets })).toMatchObject({ ok: false });
  });

  it('is misconfigured under a secret that is no base64', () => {
    expect(() =>
      verify('standardwebhooks', { headers: headersOf(good), secrets: [{ secret: 'whsec_no base64!' }] }),
    ).toThrow(expect.objectContaining({ code: 'endpoint_misconfigured' }));
  });
});

describe('gitlab', () => {
  const signing = [{ secret: 'the-token', signingToken: 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5' }];

  it('believes its token, which is kept out of the clear', () => {
    const token = (value: string) =>
      verify('gitlab', { headers: { 'X-Gitlab-Token': value }, secrets: [{ secret: 'the-token' }] });
    expect(token('the-token')).toEqual(genuine);
    expect([token('The-token').ok, token('the-token2').ok]).toEqual([false, false]);
    const { scheme, settings } = judge('gitlab');
    expect(scheme.presents?.(settings).headers).toEqual(['X-Gitlab-Token']);
  });

  it('believes the signature alone where a signing token is set', () => {
    const signature = new Webhook(signing[0]?.signingToken ?? '').sign('msg_1', new Date(noon), order);
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': signature };
    expect(verify('gitlab', { headers, secrets: signing })).toEqual(genuine);
    const inSecret = [{ secret: signing[0]?.signingToken ?? '' }];
    expect(verify('gitlab', { headers, secrets: inSecret })).toEqual(genuine);
    const token = { 'X-Gitlab-Token': 'the-token' };
    expect(verify('gitlab', { headers: token, secrets: signing })).toMatchObject({ code: 'missing' });
  });
});

describe('twilio', () => {
  const token = 'twilio-token';
  const secrets = [{ secret: token }];
  const publicUrl = 'https://hooks.example.com';
  const form = { Body: 'Héllo & wörld', From: '+14158675309', MediaUrl: ['b', 'a', 'b'] };
  const encoded = 'From=%2B14158675309&Body=H%C3%A9llo+%26+w%C3%B6rld&MediaUrl=b&MediaUrl=a&MediaUrl=b';
  const sendForm = (signature: string, more: Partial<Sent> = {}) =>
    verify('twilio', {
      url: '/hooks/sms?x=1',
      publicUrl,
      secrets,
      body: encoded,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-Twilio-Signature': signature,
      },
      ...more,
    });
  const signatureOf = (url: string, params: Record<string, unknown> = form) =>
    twilioLibrary.getExpectedTwilioSignature(token, url, params);

  it('agrees with its own library over a form, repeated fields and all', () => {
    const good = signatureOf(`${publicUrl}/hooks/sms?x=1`);
    expect(sendForm(good)).toEqual(genuine);
    expect(sendForm(good, { body: `${encoded}1` }).ok).toBe(false);
    expect(sendForm(good, { url: '/hooks/sms?x=2' }).ok).toBe(false);
  });

  it('takes the URL with and without the port that goes without saying', () => {
    expect(sendForm(signatureOf(`${publicUrl}:443/hooks/sms?x=1`))).toEqual(genuine);
    const ported = { publicUrl: `${publicUrl}:8443` };
    expect(sendForm(signatureOf(`${publicUrl}/hooks/sms?x=1`), ported)).toEqual(genuine);
    expect(sendForm(signatureOf('https://other.example.com/hooks/sms?x=1')).ok).toBe(false);
  });

  it('covers every byte of a form: one that is no UTF-8 is refused, however it is written', () => {
    for (const [body, twin] of [
      ['a=%ff', 'a=%fe'],
      [Buffer.from('a=\xff', 'latin1'), Buffer.from('a=\xfe', 'latin1')],
    ] as const) {
      const read = { a: '\ufffd' };
      const sent = (content: string | Uint8Array) =>
        sendForm(signatureOf(`${publicUrl}/hooks/sms?x=1`, read), { body: content });
      expect([sent(body), sent(twin)]).toMatchObject([
        { ok: false, code: 'malformed' },
        { ok: false, code: 'malformed' },
      ]);
    }
    expect(
      sendForm(signatureOf(`${publicUrl}/hooks/sms?x=1`, { a: '\ufffd' }), { body: 'a=%EF%BF%BD' }),
    ).toEqual(genuine);
  });

  it('takes JSON by the digest in the URL, and no body that nothing covers', () => {
    const input = { method: 'POST', body: Buffer.from(order), secrets: { secret: token }, now: noon };
    const own = judge('twilio').sign({ ...input, url: `${publicUrl}/hooks/sms` });
    const url = `/hooks/sms?bodySHA256=${own.query['bodySHA256']}`;
    const signature = own.headers['X-Twilio-Signature'] ?? '';
    expect(twilioLibrary.validateRequestWithBody(token, signature, publicUrl + url, order)).toBe(true);
    const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': signature };
    const sent = { url, publicUrl, secrets, headers };
    expect(verify('twilio', sent)).toEqual(genuine);
    expect(verify('twilio', { ...sent, body: `${order} ` }).ok).toBe(false);
    // Signed anew with another body, the URL holds the digest of that one and no other.
    const again = judge('twilio').sign({ ...input, body: Buffer.from('[1]'), url: `${publicUrl}${url}` });
    const next = { ...sent, body: '[1]', url: `/hooks/sms?bodySHA256=${again.query['bodySHA256']}` };
    expect(verify('twilio', { ...next, headers: { ...headers, ...again.headers } })).toEqual(genuine);
    // A signature over the URL alone must not carry a body along.
    const bare = { ...headers, 'X-Twilio-Signature': signatureOf(`${publicUrl}/hooks/sms`, {}) };
    const empty = { url: '/hooks/sms', publicUrl, secrets, headers: bare, body: '' };
    expect(verify('twilio', empty)).toEqual(genuine);
    expect(verify('twilio', { ...empty, body: order })).toMatchObject({ ok: false, code: 'missing' });
  });
});

describe('linear', () => {
  const sendAt = (at: unknown) => {
    const body = JSON.stringify({ action: 'create', webhookTimestamp: at });
    const signature = createHmac('sha256', 'test_secret').update(body).digest('hex');
    // A type nobody signs must not hide the time.
    return verify('linear', {
      body,
      headers: { 'Linear-Signature': signature, 'Content-Type': 'text/plain' },
    });
  };

  it('holds the time in the body to a minute, on both sides', () => {
    expect([sendAt(noon - 60_000), sendAt(noon + 60_000)]).toEqual([genuine, genuine]);
    expect(sendAt(noon - 61_000)).toMatchObject({ ok: false, code: 'stale' });
    expect(sendAt(noon + 61_000)).toMatchObject({ ok: false, code: 'stale' });
    expect(sendAt('yesterday')).toMatchObject({ ok: false, code: 'malformed' });
  });
});

describe('microsoftgraph', () => {
  const send = (value: unknown, secrets: Sent['secrets'] = [{ secret: 'state' }]) =>
    verify('microsoftgraph', { body: JSON.stringify({ value }), secrets });

  it('wants clientState in every notification', () => {
    const [good, bad] = [{ clientState: 'state', id: '1' }, { clientState: 'other' }];
    expect(send([good, good])).toEqual(genuine);
    for (const value of [[good, bad], [good, {}], [], [null], 'state', { clientState: 'state' }]) {
      expect(send(value)).toMatchObject({ ok: false });
    }
    expect(send([{ clientState: '' }], [{ secret: 'state' }, { secret: '' }]).ok).toBe(false);
    expect(send([good, bad], [{ secret: 'other' }, { secret: 'state' }])).toEqual({
      ok: true,
      secretIndex: 1,
    });
  });

  it('knows a delivery again where all its notifications have ids', () => {
    const { provider, check } = judge('microsoftgraph');
    const idOf = (value: unknown) =>
      provider?.deliveryId?.(check({ body: JSON.stringify({ value }), secrets: test }));
    expect(idOf([{ id: 'a' }, { id: 'b' }])).toBe('a b');
    expect(idOf([{ id: 'a' }, {}])).toBeUndefined();
  });
});

describe('discord', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const body = '{"type":2,"id":"1"}';
  const signatureOf = (text: string) => signBytes(null, Buffer.from(text), privateKey).toString('hex');
  const send = (signature: string, timestamp = seconds, sent = body) =>
    verify(
      'discord',
      {
        body: sent,
        headers: { 'X-Signature-Ed25519': signature, 'X-Signature-Timestamp': timestamp },
        secrets: [{}],
      },
      { publicKey: key },
    );

  it('agrees with its own library', async () => {
    const good = signatureOf(seconds + body);
    expect(send(good)).toEqual(genuine);
    expect(await verifyKey(body, good, seconds, key)).toBe(true);
  });

  it('refuses every other body, time and signature', () => {
    const good = signatureOf(seconds + body);
    expect(send(good, seconds, `${body} `).ok).toBe(false);
    expect(send(good, '1700000001').ok).toBe(false);
    expect(send(good.slice(2)).ok).toBe(false);
    expect(send(`${good}00`).ok).toBe(false);
    expect(send(`${good.slice(0, -1)}z`).ok).toBe(false);
    expect(send(good.toUpperCase())).toEqual(genuine);
  });

  it('keeps time and body apart although nothing stands between them', () => {
    const good = signatureOf(seconds + body);
    expect(send(good, seconds.slice(0, -1), seconds.slice(-1) + body).ok).toBe(false);
    expect(send(good, seconds + body.slice(0, 1), body.slice(1)).ok).toBe(false);
  });
});
