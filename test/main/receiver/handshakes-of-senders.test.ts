/**
 * Handshakes of the senders that have one, from the call to what is recorded: answered before authentication, starting
 * nothing, for endpoints of that sender alone.
 */
import { createHmac, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeCertificate } from '../auth/providers/make-certificate.ts';
import { until } from '../../support/until.ts';
import { call, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const day = 86_400_000;
const issued = makeCertificate('sns.example', Date.now() - day, Date.now() + day);
const confirmed: { url: string; hosts: readonly string[] }[] = [];

const bench = useReceiver({
  outside: {
    certificate: () => Promise.resolve(issued.pem),
    confirm: (url, hosts) => {
      confirmed.push({ url, hosts });
      return Promise.resolve();
    },
  },
});

const secret = 'test_secret';
const senderOf = (provider: string, more: Record<string, unknown> = {}) => ({
  auth: { scheme: 'provider', provider, ...more },
});
const hexOf = (text: string, key = secret): string => createHmac('sha256', key).update(text).digest('hex');

/** The last request of an endpoint was a handshake that started nothing. */
async function expectHandshake(id: string): Promise<void> {
  const request = await bench().lastRequest(id);
  expect(request.verdict).toBe('handshake');
  expect(bench().store.read.runs.list({ limit: 10, cursor: undefined }).items).toEqual([]);
}

it('answers the challenge of Twitch only when it is signed', async () => {
  const { path, id } = await bench().endpoint(senderOf('twitch'), { secret });
  const body = '{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"id":"f1c2"}}';
  const now = new Date().toISOString();
  const headers = {
    'twitch-eventsub-message-id': 'e76c6bd4',
    'twitch-eventsub-message-timestamp': now,
    'twitch-eventsub-message-type': 'webhook_callback_verification',
    'twitch-eventsub-message-signature': `sha256=${hexOf(`e76c6bd4${now}${body}`)}`,
    'content-type': 'application/json',
  };
  const reply = await call(bench().origin, path, { headers, body });
  expect(reply).toMatchObject({ status: 200, text: 'pogchamp-kappa-360noscope-vohiyo' });
  expect(reply.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  await expectHandshake(id);

  const forged = { ...headers, 'twitch-eventsub-message-signature': `sha256=${hexOf('other')}` };
  expect((await call(bench().origin, path, { headers: forged, body })).status).toBe(401);
  const { 'twitch-eventsub-message-type': _type, ...rest } = headers;
  expect((await call(bench().origin, path, { headers: { ...rest, ...forged }, body })).status).toBe(401);
});

it('answers the check of X with the digest of its token, and never with one that could sign an event', async () => {
  const { path, id } = await bench().endpoint(senderOf('x'), { secret });
  const reply = await call(bench().origin, `${path}?crc_token=crc123&nonce=1`, { method: 'GET' });
  expect(reply.status).toBe(200);
  expect(reply.json).toEqual({ response_token: 'sha256=/IbP9WhAQrf0h/4cBMKNeNolMUDpjlu/5y5+CZ9ggI4=' });
  expect(reply.headers['content-type']).toBe('application/json');
  await expectHandshake(id);

  const event = '{"for_user_id":"1","tweet_create_events":[]}';
  const asked = await call(bench().origin, `${path}?crc_token=${encodeURIComponent(event)}`, {
    method: 'GET',
  });
  expect(asked.status).toBe(403);
  expect(asked.text).not.toContain('sha256=');
  const headers = {
    'x-twitter-webhooks-signature': 'sha256=/IbP9WhAQrf0h/4cBMKNeNolMUDpjlu/5y5+CZ9ggI4=',
    'content-type': 'text/plain',
  };
  expect((await call(bench().origin, path, { headers, body: 'crc123' })).status).toBe(401);
  expect((await call(bench().origin, path, { method: 'GET' })).status).toBe(405);
});

it('answers no check of X while its secret is missing', async () => {
  const { path } = await bench().endpoint(senderOf('x'));
  const reply = await call(bench().origin, `${path}?crc_token=crc123`, { method: 'GET' });
  expect(reply.status).toBe(503);
  expect(reply.json['error']).toBe('endpoint_misconfigured');
});

it('echoes the challenge of Dropbox as plain text', async () => {
  const { path, id } = await bench().endpoint(senderOf('dropbox'), { secret });
  const challenge = encodeURIComponent('<script>alert(1)</script>');
  const reply = await call(bench().origin, `${path}?challenge=${challenge}`, { method: 'GET' });
  expect(reply).toMatchObject({ status: 200, text: '<script>alert(1)</script>' });
  expect(reply.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  await expectHandshake(id);
});

it('never echoes for an endpoint of another sender', async () => {
  const { path } = await bench().endpoint(senderOf('sentry'), { secret });
  for (const query of ['?challenge=abc', '?crc_token=crc123'])
    expect((await call(bench().origin, path + query, { method: 'GET' })).status).toBe(405);
  const told = { 'x-hook-secret': 'b537207f20cbfa02357cf448134da559', 'content-type': 'application/json' };
  const reply = await post(bench().origin, path, { verification_token: 'secret_0123456789abcdef' }, told);
  expect(reply.status).toBe(401);
  expect(reply.headers['x-hook-secret']).toBeUndefined();
});

it('learns the secret Asana tells first, believes what is signed with it, and nobody who tells another', async () => {
  const { path, id } = await bench().endpoint(senderOf('asana'));
  const events = { body: '{"events":[]}', headers: { 'content-type': 'application/json' } };
  const key = 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81';
  const signed = (by: string) => ({
    ...events,
    headers: { ...events.headers, 'x-hook-signature': hexOf(events.body, by) },
  });
  expect((await call(bench().origin, path, signed(key))).status).toBe(503);

  const reply = await call(bench().origin, path, { headers: { 'x-hook-secret': key }, body: '' });
  expect(reply.status).toBe(200);
  expect(reply.headers['x-hook-secret']).toBe(key);
  await expectHandshake(id);
  const recorded = await bench().lastRequest(id);
  expect(JSON.stringify(recorded)).not.toContain(key);

  const other = 'a'.repeat(64);
  expect((await call(bench().origin, path, { headers: { 'x-hook-secret': other }, body: '' })).status).toBe(
    401,
  );
  expect((await call(bench().origin, path, { headers: { 'x-hook-secret': key }, body: '' })).status).toBe(
    200,
  );
  expect((await call(bench().origin, path, signed(other))).status).toBe(401);
  expect((await call(bench().origin, path, signed(key))).status).toBe(200);
});

it('refuses to learn from Asana what is no secret', async () => {
  const { path } = await bench().endpoint(senderOf('asana'));
  for (const told of ['short', 'x y'.repeat(10), 'z'.repeat(201)]) {
    const reply = await call(bench().origin, path, { headers: { 'x-hook-secret': told }, body: '' });
    expect(reply.status).toBe(403);
    expect(reply.headers['x-hook-secret']).toBeUndefined();
  }
});

it('learns the verification token of Notion and believes what is signed with it', async () => {
  const { path, id } = await bench().endpoint(senderOf('notion'));
  const token = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl';
  expect((await post(bench().origin, path, { verification_token: token })).status).toBe(200);
  expect((await bench().lastRequest(id)).verdict).toBe('handshake');
  expect((await post(bench().origin, path, { verification_token: `${token}x` })).status).toBe(401);

  const body = '{"id":"367cba44","type":"page.created","attempt_number":1}';
  const headers = {
    'content-type': 'application/json',
    'x-notion-signature': `sha256=${hexOf(body, token)}`,
  };
  const first = await call(bench().origin, path, { headers, body });
  expect(first.status).toBe(200);
  const again = body.replace('"attempt_number":1', '"attempt_number":2');
  const second = await call(bench().origin, path, {
    headers: { ...headers, 'x-notion-signature': `sha256=${hexOf(again, token)}` },
    body: again,
  });
  expect(second.json).toMatchObject({ duplicate: true, executionId: first.json['executionId'] });
});

it('confirms a genuine subscription of SNS after its answer, and no forged one', async () => {
  const topicArn = 'arn:aws:sns:us-east-2:123456789012:MyTopic';
  const { path, id } = await bench().endpoint(senderOf('awssns', { topicArn }));
  const subscribe = 'https://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336';
  const message = {
    Message: 'You have chosen to subscribe.',
    MessageId: '165545c9',
    SubscribeURL: subscribe,
    Timestamp: new Date().toISOString(),
    Token: '2336',
    TopicArn: topicArn,
    Type: 'SubscriptionConfirmation',
  };
  const text = Object.entries(message).flat().join('\n');
  const sealed = {
    ...message,
    SignatureVersion: '2',
    Signature: sign('sha256', Buffer.from(`${text}\n`), issued.privateKey).toString('base64'),
    SigningCertURL: 'https://sns.us-east-2.amazonaws.com/SimpleNotificationService-1.pem',
  };
  const headers = { 'content-type': 'text/plain; charset=UTF-8' };
  const forged = JSON.stringify({ ...sealed, SubscribeURL: 'https://sns.us-east-2.amazonaws.com/?other' });
  expect((await call(bench().origin, path, { headers, body: forged })).status).toBe(401);
  const reply = await call(bench().origin, path, { headers, body: JSON.stringify(sealed) });
  expect(reply.status).toBe(200);
  await until('the subscription to be confirmed', () => confirmed.length > 0);
  expect(confirmed).toEqual([{ url: subscribe, hosts: ['sns.us-east-2.amazonaws.com'] }]);
  expect((await bench().lastRequest(id)).verdict).toBe('handshake');
});
