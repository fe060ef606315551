/** Deliveries of known senders that come twice: known again by what the sender signed, whatever is put beside it. */
import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();
const secret = 'test_secret';

it('knows a delivery of Mailgun by its token, so that a captured signature carries no second event', async () => {
  const auth = { scheme: 'provider', provider: 'mailgun' };
  const { path } = await bench().endpoint({ auth }, { secret });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const token = 'e0b5477167110d68991efc6b9f89f0a11066af27834600e123';
  const digest = createHmac('sha256', secret)
    .update(timestamp + token)
    .digest('hex');
  const bodyOf = (event: string) => ({
    signature: { timestamp, token, signature: digest },
    'event-data': { event },
  });
  const first = await post(bench().origin, path, bodyOf('delivered'));
  expect(first.status).toBe(200);
  const again = await post(bench().origin, path, bodyOf('delivered'));
  expect(again.json).toMatchObject({ duplicate: true, executionId: first.json['executionId'] });
  const forged = await post(bench().origin, path, bodyOf('opened'), { 'idempotency-key': 'fresh' });
  expect(forged.status).toBe(422);
  expect(forged.json['error']).toBe('idempotency_mismatch');
});

it('takes a signed id before a key that anyone may add', async () => {
  const auth = { scheme: 'provider', provider: 'square', notificationUrl: 'https://example.com/webhook' };
  const { path } = await bench().endpoint({ auth }, { secret });
  const body = { event_id: 'ac3ac95b', type: 'payment.updated' };
  const text = `https://example.com/webhook${JSON.stringify(body)}`;
  const signature = createHmac('sha256', secret).update(text).digest('base64');
  const send = (key: string) =>
    post(bench().origin, path, body, { 'x-square-hmacsha256-signature': signature, 'idempotency-key': key });
  const first = await send('one');
  expect(first.status).toBe(200);
  expect((await send('two')).json).toMatchObject({ duplicate: true, executionId: first.json['executionId'] });
});
