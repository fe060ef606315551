/** Senders that sign with a certificate: PayPal and Amazon SNS, with certificates made here. */
import { sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AuthCheck } from '../../../../src/main/auth/scheme.ts';
import { judgeWith, noon, type Sent } from '../check.ts';
import { makeCertificate } from './make-certificate.ts';

const day = 86_400_000;
const own = makeCertificate('sender.example', noon - 30 * day, noon + 30 * day);
const stranger = makeCertificate('stranger.example', noon - 30 * day, noon + 30 * day);

type Fetch = NonNullable<AuthCheck['fetchCertificate']>;

/** The sender's address, and what was asked of it. */
function fetching(pem = own.pem): { fetch: Fetch; asked: [string, readonly string[]][] } {
  const asked: [string, readonly string[]][] = [];
  const fetch: Fetch = (url, hosts) => {
    asked.push([url, hosts]);
    return Promise.resolve(pem);
  };
  return { fetch, asked };
}

describe('PayPal', () => {
  const webhookId = '4JH86294D6297924G';
  const body = '{"id":"WH-0G2756385H040842W-5Y612302CV158622M","event_type":"PAYMENT.SALE.COMPLETED"}';
  const time = '2023-11-14T22:13:20Z';
  const certificate = 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77';
  const judge = judgeWith({ scheme: 'provider', provider: 'paypal', webhookId });

  function headersFor(key = own.privateKey, id = webhookId): Record<string, string> {
    const text = `dfb3be50-fd74-11e4-8bf3-77339302725b|${time}|${id}|${crc32(body)}`;
    return {
      'PAYPAL-TRANSMISSION-ID': 'dfb3be50-fd74-11e4-8bf3-77339302725b',
      'PAYPAL-TRANSMISSION-TIME': time,
      'PAYPAL-TRANSMISSION-SIG': sign('sha256', Buffer.from(text), key).toString('base64'),
      'PAYPAL-CERT-URL': certificate,
      'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
      'Content-Type': 'application/json',
    };
  }
  const genuine: Sent = { headers: headersFor(), body, secrets: [{}], fetchCertificate: fetching().fetch };
  const codeOf = async (changed: Partial<Sent>) => {
    const verdict = await judge.judge({ ...genuine, ...changed });
    return verdict.ok ? 'genuine' : verdict.code;
  };

  it('accepts a genuine event and asks nobody but PayPal for the certificate', async () => {
    const { fetch, asked } = fetching();
    expect(await judge.judge({ ...genuine, fetchCertificate: fetch })).toEqual({ ok: true, secretIndex: 0 });
    expect(asked).toEqual([[certificate, ['paypal.com']]]);
    expect(judge.provider?.deliveryId?.(judge.check(genuine))).toBe('WH-0G2756385H040842W-5Y612302CV158622M');
  });

  it('refuses twins: another body, time, webhook, key or signature', async () => {
    expect(await codeOf({ body: body.replace('COMPLETED', 'REVERSED') })).toBe('mismatch');
    expect(await codeOf({ headers: { ...headersFor(), 'PAYPAL-TRANSMISSION-ID': 'another' } })).toBe(
      'mismatch',
    );
    expect(
      await codeOf({ headers: { ...headersFor(), 'PAYPAL-TRANSMISSION-TIME': '2023-11-14T22:13:21Z' } }),
    ).toBe('mismatch');
    expect(await codeOf({ headers: headersFor(own.privateKey, '9XL90610J3647323C') })).toBe('mismatch');
    expect(await codeOf({ headers: headersFor(stranger.privateKey) })).toBe('mismatch');
    expect(await codeOf({ headers: { ...headersFor(), 'PAYPAL-TRANSMISSION-SIG': 'AAAA' } })).toBe(
      'mismatch',
    );
    expect(await codeOf({ headers: { ...headersFor(), 'PAYPAL-TRANSMISSION-SIG': 'not base64!' } })).toBe(
      'malformed',
    );
  });

  it.each([
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://evilpaypal.com/v1/notifications/certs/CERT-1',
    'https://user@api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://www.paypal.com/uploads/mine.pem',
    'https://127.0.0.1/v1/notifications/certs/CERT-1',
    'nonsense',
  ])('asks nobody for a certificate at %s', async (url) => {
    const { fetch, asked } = fetching();
    const headers = { ...headersFor(), 'PAYPAL-CERT-URL': url };
    expect(await codeOf({ headers, fetchCertificate: fetch })).toBe('malformed');
    expect(asked).toEqual([]);
  });

  it('refuses what is missing, old, from a time the certificate is not good for, or no certificate', async () => {
    for (const name of Object.keys(headersFor()).filter((one) => /ID|TIME|SIG|URL/.test(one))) {
      const { [name]: _gone, ...headers } = headersFor();
      expect(await codeOf({ headers })).toBe('missing');
    }
    expect(await codeOf({ now: noon + 5 * day })).toBe('stale');
    expect(await codeOf({ now: noon - 5 * day })).toBe('stale');
    expect(await codeOf({ now: noon + 31 * day })).toBe('stale');
    expect(await codeOf({ fetchCertificate: fetching('<html>').fetch })).toBe('malformed');
  });

  it('is not configured without a way to fetch, and can not be saved without the webhook ID', async () => {
    const { fetchCertificate: _none, ...offline } = genuine;
    await expect(judge.judge(offline)).rejects.toMatchObject({ code: 'endpoint_misconfigured' });
    expect(() => judgeWith({ scheme: 'provider', provider: 'paypal' })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });
});

describe('Amazon SNS', () => {
  const topicArn = 'arn:aws:sns:us-east-2:123456789012:MyTopic';
  const judge = judgeWith({ scheme: 'provider', provider: 'awssns', topicArn });
  const certificate = 'https://sns.us-east-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233f.pem';
  const notification = {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: topicArn,
    Subject: 'My First Message',
    Message: 'Hello\nworld! ü',
    Timestamp: '2023-11-14T22:13:20.123Z',
  };
  const subscribeUrl = `https://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=2336`;
  const confirmation = {
    Type: 'SubscriptionConfirmation',
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    Token: '2336',
    TopicArn: topicArn,
    Message: 'You have chosen to subscribe to the topic.',
    SubscribeURL: subscribeUrl,
    Timestamp: '2023-11-14T22:13:20.123Z',
  };
  /** Names in the order of "Verifying the signatures of Amazon SNS messages", written out apart from the code. */
  const signedOf: Record<string, readonly string[]> = {
    Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
    SubscriptionConfirmation: [
      'Message',
      'MessageId',
      'SubscribeURL',
      'Timestamp',
      'Token',
      'TopicArn',
      'Type',
    ],
  };

  function seal(
    message: Record<string, string>,
    version = '2',
    key = own.privateKey,
  ): Record<string, string> {
    const names = signedOf[message['Type'] ?? ''] ?? [];
    const text = names.flatMap((name) => (name in message ? [`${name}\n${message[name]}\n`] : [])).join('');
    const signature = sign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256', Buffer.from(text), key);
    return {
      ...message,
      SignatureVersion: version,
      Signature: signature.toString('base64'),
      SigningCertURL: certificate,
    };
  }
  const sentBy = (message: Record<string, unknown>, changed: Partial<Sent> = {}): Sent => ({
    headers: { 'Content-Type': 'text/plain; charset=UTF-8' },
    body: JSON.stringify(message),
    secrets: [{}],
    fetchCertificate: fetching().fetch,
    ...changed,
  });
  const codeOf = async (message: Record<string, unknown>, changed: Partial<Sent> = {}) => {
    const verdict = await judge.judge(sentBy(message, changed));
    return verdict.ok ? 'genuine' : verdict.code;
  };

  it.each(['1', '2'])('accepts a genuine notification of SignatureVersion %s', async (version) => {
    const { fetch, asked } = fetching();
    expect(await codeOf(seal(notification, version), { fetchCertificate: fetch })).toBe('genuine');
    expect(asked).toEqual([[certificate, ['sns.us-east-2.amazonaws.com']]]);
    const { Subject: _none, ...plain } = notification;
    expect(await codeOf(seal(plain, version))).toBe('genuine');
    const check = judge.check(sentBy(seal(notification, version)));
    expect(judge.provider?.deliveryId?.(check)).toBe(notification.MessageId);
  });

  it.each(['Message', 'MessageId', 'Subject', 'Timestamp', 'Type', 'Signature'])(
    'refuses a twin with another %s',
    async (name) => {
      const message = seal(notification);
      const changed = { ...message, [name]: name === 'Timestamp' ? '2023-11-14T22:13:21.123Z' : 'AAAA' };
      expect(await codeOf(changed)).toBe('mismatch');
    },
  );

  it('refuses a message of another topic, of another key and of another version, and asks nobody for the first', async () => {
    const { fetch, asked } = fetching();
    const other = seal({ ...notification, TopicArn: `${topicArn}2` });
    expect(await codeOf(other, { fetchCertificate: fetch })).toBe('mismatch');
    expect(asked).toEqual([]);
    expect(await codeOf(seal(notification, '2', stranger.privateKey))).toBe('mismatch');
    expect(await codeOf({ ...seal(notification, '2'), SignatureVersion: '1' })).toBe('mismatch');
    expect(await codeOf({ ...seal(notification), SignatureVersion: '3' })).toBe('malformed');
  });

  it.each([
    'https://sns.us-east-2.amazonaws.com.evil.example/SimpleNotificationService-1.pem',
    'https://evilsns.us-east-2.amazonaws.com/SimpleNotificationService-1.pem',
    'https://sns-bucket.s3.amazonaws.com/SimpleNotificationService-1.pem',
    'https://sns.us-east-2.amazonaws.com/mine/other.pem',
    'http://sns.us-east-2.amazonaws.com/SimpleNotificationService-1.pem',
    'https://169.254.169.254/SimpleNotificationService-1.pem',
  ])('asks nobody for a certificate at %s', async (url) => {
    const { fetch, asked } = fetching();
    expect(await codeOf({ ...seal(notification), SigningCertURL: url }, { fetchCertificate: fetch })).toBe(
      'malformed',
    );
    expect(asked).toEqual([]);
  });

  it('refuses a message that is old, ahead, unsigned or none', async () => {
    expect(await codeOf(seal(notification), { now: noon + 3 * 3_600_000 })).toBe('stale');
    expect(await codeOf(seal(notification), { now: noon - 3 * 3_600_000 })).toBe('stale');
    expect(await codeOf(notification)).toBe('missing');
    for (const body of ['', 'hello', '[]', 'null', '{"Signature":{}}', '['.repeat(50_000)]) {
      expect(await codeOf({}, { body })).toBe('missing');
    }
    expect(() => judgeWith({ scheme: 'provider', provider: 'awssns' })).toThrow();
    expect(() => judgeWith({ scheme: 'provider', provider: 'awssns', topicArn: 'MyTopic' })).toThrow();
  });

  it('confirms a genuine subscription of its topic at the address SNS named', async () => {
    const check = judge.check(sentBy(seal(confirmation)));
    expect(await judge.provider?.handshake?.(check)).toMatchObject({
      kind: 'answer',
      reply: { status: 200 },
      confirm: { url: subscribeUrl, hosts: ['sns.us-east-2.amazonaws.com'] },
    });
    expect(await judge.provider?.handshake?.(judge.check(sentBy(seal(notification))))).toBeUndefined();
  });

  it('confirms nothing that is not genuine, of another topic or leads elsewhere', async () => {
    const answerTo = async (message: Record<string, string>) =>
      judge.provider?.handshake?.(judge.check(sentBy(message)));
    const tampered = { ...seal(confirmation), SubscribeURL: 'https://evil.example/' };
    expect(await answerTo(tampered)).toMatchObject({ kind: 'refuse', status: 401 });
    const unsigned = await answerTo(confirmation);
    expect(unsigned).toMatchObject({ kind: 'refuse', status: 401 });
    const foreign = seal({ ...confirmation, TopicArn: 'arn:aws:sns:us-east-2:999999999999:MyTopic' });
    expect(await answerTo(foreign)).toMatchObject({ kind: 'refuse', status: 401 });
    const elsewhere = seal({ ...confirmation, SubscribeURL: 'https://evil.example/' });
    expect(await answerTo(elsewhere)).toMatchObject({ kind: 'refuse', status: 403 });
  });
});
