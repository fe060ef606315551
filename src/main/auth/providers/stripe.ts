/** Stripe: time and body signed, several digests in one header while a secret is being rotated. */
import { deliveryBodyWithout } from './delivery-body.ts';
import { sendersSecretField, toleranceField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

const usualSeconds = 300;

export const stripe: Provider = hmacProvider(
  {
    provider: 'stripe',
    title: 'Stripe',
    description:
      'Stripe Dashboard > Developers > Webhooks > Add endpoint: enter the URL. The signing secret (whsec_…) is shown there afterwards.',
    formula: 'HMAC-SHA256 of timestamp, "." and the body, hex, as v1 beside t in Stripe-Signature.',
    fields: [
      sendersSecretField('Signing secret', 'The whole text, with whsec_ at its beginning.'),
      toleranceField(usualSeconds),
    ],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  {
    ...usualRule,
    header: 'Stripe-Signature',
    list: { separator: ',', digest: 'v1', time: 't' },
    signed: '{timestamp}.{body}',
    timestamp: { toleranceMs: usualSeconds * 1_000 },
  },
  // An event counts in its body how many webhooks have yet to take it.
  { id: { body: ['id'] }, deliveryBody: deliveryBodyWithout(['pending_webhooks']) },
);
