/** Shopify: the body signed in base64. */
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const shopify: Provider = hmacProvider(
  {
    provider: 'shopify',
    title: 'Shopify',
    description:
      'Shopify admin > Settings > Notifications > Webhooks: the key all of them are signed with stands below the list. Webhooks of an app are signed with its client secret.',
    formula: 'HMAC-SHA256 of the body, base64, in X-Shopify-Hmac-SHA256.',
    fields: [
      sendersSecretField('Secret', 'The client secret of the app, or the key below the list of webhooks.'),
    ],
    deadlineMs: 5_000,
    // The id of a delivery stands in a header that is not signed.
    replayable: true,
    handshake: null,
  },
  { ...usualRule, header: 'X-Shopify-Hmac-SHA256', encoding: 'base64' },
  { id: { header: 'X-Shopify-Webhook-Id' } },
);
