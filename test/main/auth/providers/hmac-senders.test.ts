/**
 * Senders that sign with a shared secret: for each a genuine request of known digest, and its twins that are not.
 * The digests were made apart from this code, or published by the sender; where published, the place is named.
 */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderList } from '../../../../src/shared/model/request.ts';
import { judgeWith, noon, type Sent } from '../check.ts';

const order = '{"event":"order_created","order_id":"12345"}';
const secret = 'test_secret';
/** Of `order` under `secret`. */
const hexOfOrder = 'bb1d4151b5ce0503fbab339991b790e2a82aca6c304c780c5f9061693609b3af';
const base64OfOrder = 'ux1BUbXOBQP7qzOZkbeQ4qgqymwwTHgMX5BhaTYJs68=';
const sha1OfOrder = createHmac('sha1', secret).update(order).digest('hex');
const json = { 'Content-Type': 'application/json' };
/** Atlassian, "Webhooks" of Jira Cloud and "Manage webhooks" of Bitbucket Cloud. */
const atlassian = {
  key: "It's a Secret to Everybody",
  body: 'Hello World!',
  header: 'X-Hub-Signature',
  value: 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
};

/** Any text a header may carry. */
const headerText = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

interface Sender {
  readonly provider: string;
  readonly header: string;
  readonly value: string;
  /** Headers beside the signature. */
  readonly more?: Record<string, string>;
  readonly body?: string;
  readonly key?: string;
  readonly settings?: Record<string, unknown>;
  readonly id?: string;
  /** How far the clock may be off, in seconds. */
  readonly tolerance?: number;
}

const senders: readonly Sender[] = [
  { provider: 'x', header: 'X-Twitter-Webhooks-Signature', value: `sha256=${base64OfOrder}` },
  { provider: 'typeform', header: 'Typeform-Signature', value: `sha256=${base64OfOrder}` },
  { provider: 'docusign', header: 'X-DocuSign-Signature-1', value: base64OfOrder },
  { provider: 'asana', header: 'X-Hook-Signature', value: hexOfOrder },
  { provider: 'dropbox', header: 'X-Dropbox-Signature', value: hexOfOrder },
  { provider: 'notion', header: 'X-Notion-Signature', value: `sha256=${hexOfOrder}` },
  { provider: 'pagerduty', header: 'X-PagerDuty-Signature', value: `v1=${hexOfOrder}` },
  { provider: 'vercel', header: 'X-Vercel-Signature', value: sha1OfOrder },
  { provider: 'intercom', header: 'X-Hub-Signature', value: `sha1=${sha1OfOrder}` },
  { provider: 'bitbucket', ...atlassian, more: { 'X-Request-UUID': 'uuid-1' }, id: 'uuid-1' },
  { provider: 'jira', ...atlassian, more: { 'X-Atlassian-Webhook-Identifier': 'hook-1' }, id: 'hook-1' },
  {
    provider: 'sentry',
    header: 'Sentry-Hook-Signature',
    value: hexOfOrder,
    more: { 'Request-ID': 'request-1' },
    id: 'request-1',
  },
  {
    provider: 'twitch',
    header: 'Twitch-Eventsub-Message-Signature',
    value: 'sha256=4b35bcceb7de9fa0ad3f1c54c6ab3318c700aff10e0c8c36202a96a0f4b442e6',
    more: {
      'Twitch-Eventsub-Message-Id': 'msg-1',
      'Twitch-Eventsub-Message-Timestamp': '2023-11-14T22:13:20Z',
    },
    id: 'msg-1',
    tolerance: 600,
  },
  {
    provider: 'paddle',
    header: 'Paddle-Signature',
    value: 'ts=1700000000;h1=51162a929a2c21415aafaa5d094f5611231f13bb9bacde756ead9ce5281c4367',
    tolerance: 300,
  },
  {
    provider: 'calendly',
    header: 'Calendly-Webhook-Signature',
    value: 't=1700000000,v1=f4c4b4f1ffc020f61f6e087fdd839b7a8df4a308d4dd6578c32995caa79f40f0',
    tolerance: 300,
  },
  {
    // developer.squareup.com, "Verify and Validate an Event Notification"
    provider: 'square',
    header: 'X-Square-HmacSha256-Signature',
    value: '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=',
    body: '{"hello":"world"}',
    key: 'asdf1234',
    settings: { notificationUrl: 'https://example.com/webhook' },
  },
  {
    // The published digests stand in hubspot.test.ts; this one is of noon.
    provider: 'hubspot',
    header: 'X-HubSpot-Signature-v3',
    value: createHmac('sha256', 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy')
      .update(`POSThttps://www.example.com/webhook_uri{'example_field':'example_value'}${noon}`)
      .digest('base64'),
    more: { 'X-HubSpot-Request-Timestamp': String(noon) },
    body: "{'example_field':'example_value'}",
    key: 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy',
    settings: { notificationUrl: 'https://www.example.com/webhook_uri' },
    tolerance: 300,
  },
];

function judgeOf({ provider, settings }: Sender) {
  return judgeWith({ scheme: 'provider', provider, ...settings });
}

function sentBy({ header, value, more, body = order, key = secret }: Sender): Sent {
  return { headers: { ...json, ...more, [header]: value }, body, secrets: [{ secret: key }] };
}

describe.each(senders)('$provider', (sender) => {
  const judge = judgeOf(sender);
  const sent = sentBy(sender);
  const { header, value, more, key = secret } = sender;
  const codeOf = (changed: Partial<Sent>) => {
    const verdict = judge.verify({ ...sent, ...changed });
    return verdict.ok ? 'genuine' : verdict.code;
  };

  it('accepts the genuine request', () => {
    expect(judge.verify(sent)).toEqual({ ok: true, secretIndex: 0 });
  });

  it('refuses its twin with one byte changed', () => {
    const bytes = Buffer.from(sent.body ?? '');
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    expect(codeOf({ body: bytes })).toBe('mismatch');
  });

  it('refuses another secret, and tells which of two was used', () => {
    expect(codeOf({ secrets: [{ secret: `${key}.` }] })).toBe('mismatch');
    expect(judge.verify({ ...sent, secrets: [{ secret: 'new' }, { secret: key }] })).toEqual({
      ok: true,
      secretIndex: 1,
    });
  });

  it('refuses a signature that is missing, doubled or none', () => {
    expect(codeOf({ headers: { ...json, ...more } })).toBe('missing');
    const twice: HeaderList = [...Object.entries({ ...json, ...more }), [header, value], [header, value]];
    expect(codeOf({ headers: twice })).toBe('repeated');
    for (const junk of ['junk', `${value}00`, value.slice(0, -2), `x${value}`]) {
      expect(['malformed', 'mismatch']).toContain(codeOf({ headers: { ...json, ...more, [header]: junk } }));
    }
  });

  it('accepts nothing while the secret is missing or empty', () => {
    for (const secrets of [[], [{}], [{ secret: '' }]]) {
      expect(() => judge.verify({ ...sent, secrets })).toThrow(
        expect.objectContaining({ code: 'endpoint_misconfigured' }),
      );
    }
  });

  it('signs what it accepts', () => {
    const url = 'https://hooks.example.com/hooks/orders?a=1';
    const body = Buffer.from('{"a":"ü"}');
    const { headers, query } = judge.sign({ method: 'POST', url, body, secrets: { secret: key }, now: noon });
    expect(query).toEqual({});
    const place = { publicUrl: 'https://hooks.example.com', url: '/hooks/orders?a=1' };
    expect(judge.verify({ ...sent, ...place, headers, body }).ok).toBe(true);
  });

  it('names the delivery, or nothing', () => {
    expect(judge.provider?.deliveryId?.(judge.check(sent))).toBe(sender.id);
  });

  it('judges the signed time on both sides', () => {
    const { tolerance } = sender;
    for (const side of [1, -1]) {
      const far = noon + side * ((tolerance ?? 1e6) + 2) * 1_000;
      expect(codeOf({ now: far })).toBe(tolerance === undefined ? 'genuine' : 'stale');
      if (tolerance !== undefined) expect(codeOf({ now: noon + side * tolerance * 1_000 })).toBe('genuine');
    }
  });

  it('believes no mutant of the signature and never throws at one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 92 }), headerText, (at, change, junk) => {
        const place = at % value.length;
        const other = String.fromCharCode(33 + ((value.charCodeAt(place) - 33 + change) % 94));
        const bent = value.slice(0, place) + other + value.slice(place + 1);
        const isSame = bent.toLowerCase() === value.toLowerCase();
        if (!isSame) expect(codeOf({ headers: { ...json, ...more, [header]: bent } })).not.toBe('genuine');
        expect(codeOf({ headers: { ...json, ...more, [header]: junk } })).not.toBe('genuine');
      }),
      { numRuns: 40 },
    );
  });
});

describe('delivery ids in the body', () => {
  it.each([
    ['paddle', '{"event_id":"evt_1","event_type":"x"}', 'evt_1'],
    ['square', '{"merchant_id":"m","event_id":"ac3ac95b"}', 'ac3ac95b'],
    ['pagerduty', '{"event":{"id":"01DEN4HPBQAAAG05V5QQYBRZMF"}}', '01DEN4HPBQAAAG05V5QQYBRZMF'],
    ['typeform', '{"event_id":"LtWXD3crgy","event_type":"form_response"}', 'LtWXD3crgy'],
    ['intercom', '{"type":"notification_event","id":"notif_1"}', 'notif_1'],
    ['notion', '{"id":"367cba44","attempt_number":1}', '367cba44'],
    ['vercel', '{"id":"bc8f","type":"deployment.created"}', 'bc8f'],
  ])('of %s', (provider, body, id) => {
    const judge = judgeWith({ scheme: 'provider', provider });
    const check = (text: string) => judge.check({ headers: json, body: text, secrets: [] });
    expect(judge.provider?.deliveryId?.(check(body))).toBe(id);
    for (const other of [
      '[]',
      '{}',
      'null',
      '"x"',
      '{',
      '{"id":{},"event":[],"event_id":[]}',
      '{"__proto__":{"id":1}}',
    ])
      expect(judge.provider?.deliveryId?.(check(other))).toBeUndefined();
  });

  it.each([
    ['notion', '{"id":"a","attempt_number":1,"type":"page"}', '{"id":"a","attempt_number":2,"type":"page"}'],
    [
      'intercom',
      '{"id":"n","delivery_attempts":1,"first_sent_at":9,"data":{"a":1}}',
      '{"id":"n","delivery_attempts":2,"first_sent_at":10,"data":{"a":1}}',
    ],
  ])(
    'of %s stay the same delivery on a second try, and not with other content',
    (provider, first, second) => {
      const judge = judgeWith({ scheme: 'provider', provider });
      const bodyOf = (body: string) =>
        judge.provider?.deliveryBody?.(judge.check({ headers: json, body, secrets: [] }));
      expect(bodyOf(second)).toEqual(bodyOf(first));
      expect(bodyOf(first.replace('"a"', '"b"'))).not.toEqual(bodyOf(first));
    },
  );
});

describe('lists of signatures', () => {
  const other = '0'.repeat(64);

  it('accepts Paddle with any of several digests while the secret is rotated', () => {
    const [paddle] = senders.filter(({ provider }) => provider === 'paddle');
    const digest = paddle?.value.split('h1=')[1] ?? '';
    const judge = judgeWith({ scheme: 'provider', provider: 'paddle' });
    const verify = (value: string) =>
      judge.verify({ headers: { 'Paddle-Signature': value }, body: order, secrets: [{ secret }] }).ok;
    expect(verify(`ts=1700000000;h1=${other};h1=${digest}`)).toBe(true);
    expect(verify(`ts=1700000000;h1=${digest};v9=whatever`)).toBe(true);
    expect(verify(`ts=1700000000;ts=1700000000;h1=${digest}`)).toBe(false);
    expect(verify(`h1=${digest}`)).toBe(false);
    expect(verify(`ts=1700000001;h1=${digest}`)).toBe(false);
    expect(verify(`ts=1700000000;h1=${other}`)).toBe(false);
  });

  it('accepts PagerDuty with any of several digests and passes over later versions', () => {
    const judge = judgeWith({ scheme: 'provider', provider: 'pagerduty' });
    const verify = (value: string) =>
      judge.verify({ headers: { 'X-PagerDuty-Signature': value }, body: order, secrets: [{ secret }] }).ok;
    expect(verify(`v1=${other},v1=${hexOfOrder}`)).toBe(true);
    expect(verify(`v1=${hexOfOrder}, v2=something`)).toBe(true);
    expect(verify(`v2=${hexOfOrder}`)).toBe(false);
  });

  it('accepts DocuSign with any of its numbered headers, each there once', () => {
    const judge = judgeWith({ scheme: 'provider', provider: 'docusign' });
    const wrong = Buffer.alloc(32).toString('base64');
    const verify = (headers: [string, string][]) => {
      const verdict = judge.verify({ headers, body: order, secrets: [{ secret }] });
      return verdict.ok ? 'genuine' : verdict.code;
    };
    const second: [string, string] = ['x-docusign-signature-2', base64OfOrder];
    expect(verify([['X-DocuSign-Signature-1', wrong], second])).toBe('genuine');
    expect(verify([second])).toBe('genuine');
    expect(verify([second, ['X-DocuSign-Signature-2', wrong]])).toBe('repeated');
    expect(verify([['X-DocuSign-Signature-x', base64OfOrder]])).toBe('missing');
    expect(verify([['X-DocuSign-Signature-1', wrong]])).toBe('mismatch');
  });
});

describe('signed URLs', () => {
  it('tries the public address and the host the call named for Square, and only those', () => {
    const judge = judgeWith({ scheme: 'provider', provider: 'square' });
    const body = '{"hello":"world"}';
    const header = 'X-Square-HmacSha256-Signature';
    const verify = (signed: string, publicUrl?: string) =>
      judge.verify({
        headers: {
          Host: 'hooks.local:4665',
          [header]: createHmac('sha256', 'k')
            .update(signed + body)
            .digest('base64'),
        },
        url: '/hooks/square?shop=1',
        body,
        secrets: [{ secret: 'k' }],
        ...(publicUrl === undefined ? {} : { publicUrl }),
      }).ok;
    expect(verify('https://hooks.example.com/hooks/square?shop=1', 'https://hooks.example.com')).toBe(true);
    expect(verify('http://hooks.local:4665/hooks/square?shop=1')).toBe(true);
    expect(verify('https://hooks.local:4665/hooks/square?shop=1')).toBe(true);
    expect(verify('https://hooks.local:4665/hooks/square')).toBe(false);
    expect(verify('https://elsewhere.example.com/hooks/square?shop=1')).toBe(false);
  });
});
