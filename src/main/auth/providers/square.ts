/** Square: the notification URL and the body signed, base64. */
import { sendersSecretField } from './fields.ts';
import { hmacProvider, notificationUrlField, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const square: Provider = hmacProvider(
  {
    provider: 'square',
    title: 'Square',
    description:
      'Square Developer Console > your app > Webhooks > Subscriptions: enter the URL there and copy the signature key of the subscription.',
    formula: 'HMAC-SHA256 of the notification URL and the body, base64, in x-square-hmacsha256-signature.',
    fields: [sendersSecretField('Signature key', 'Of the webhook subscription.'), notificationUrlField],
    deadlineMs: 10_000,
    replayable: false,
    handshake: null,
  },
  { ...usualRule, header: 'X-Square-HmacSha256-Signature', encoding: 'base64', signed: '{url}{body}' },
  { id: { body: ['event_id'] } },
);
