/** Calendly: time and body signed; the signing key is chosen when the subscription is made. */
import { secretField, toleranceField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

const usualSeconds = 300;

export const calendly: Provider = hmacProvider(
  {
    provider: 'calendly',
    title: 'Calendly',
    description:
      'Create the subscription with POST https://api.calendly.com/webhook_subscriptions: the URL as "url" and the secret as "signing_key".',
    formula: 'HMAC-SHA256 of timestamp, "." and the body, hex, as v1 beside t in Calendly-Webhook-Signature.',
    fields: [
      secretField('Signing key', 'The signing_key of the subscription.'),
      toleranceField(usualSeconds),
    ],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  {
    ...usualRule,
    header: 'Calendly-Webhook-Signature',
    list: { separator: ',', digest: 'v1', time: 't' },
    signed: '{timestamp}.{body}',
    timestamp: { toleranceMs: usualSeconds * 1_000 },
  },
);
