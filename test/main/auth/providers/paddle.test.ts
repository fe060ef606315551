/** Paddle's own library judges what is signed here, and here is judged what it accepts. */
import { Paddle } from '@paddle/paddle-node-sdk';
import { describe, expect, it } from 'vitest';
import { judgeWith } from '../check.ts';

describe('Paddle', () => {
  const secret = 'pdl_ntfset_01gkpjp8bkm3tm53kdgkx6sms7_6h3qd3uFSi9YCD3OLYAShQI90XTI5vEI';
  const body = '{"event_id":"evt_1","event_type":"transaction.billed","data":{"id":"txn_ü"}}';
  const paddle = new Paddle('key of no account');

  it('agrees with the library on a genuine delivery and on its twins', async () => {
    const now = Date.now();
    const judge = judgeWith({ scheme: 'provider', provider: 'paddle' });
    const { headers } = judge.sign({
      method: 'POST',
      url: 'http://localhost/hooks/paddle',
      body: Buffer.from(body),
      secrets: { secret },
      now,
    });
    const value = headers['Paddle-Signature'] ?? '';
    const cases: [string, string, string, boolean][] = [
      [body, secret, value, true],
      [`${body} `, secret, value, false],
      [body, `${secret}x`, value, false],
      [body, secret, value.replace(/h1=./, 'h1=x'), false],
    ];
    for (const [text, key, signature, isGenuine] of cases) {
      const own = judge.verify({
        headers: { 'Paddle-Signature': signature },
        body: text,
        secrets: [{ secret: key }],
        now,
      });
      expect(own.ok).toBe(isGenuine);
      expect(await paddle.webhooks.isSignatureValid(text, key, signature)).toBe(isGenuine);
    }
  });
});
