/** PagerDuty V3 webhooks: the body signed; one digest for each secret while one is being rotated. */
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const pagerduty: Provider = hmacProvider(
  {
    provider: 'pagerduty',
    title: 'PagerDuty',
    description:
      'PagerDuty > Integrations > Generic Webhooks (v3): enter the URL. The secret is shown once, when the subscription is made.',
    formula: 'HMAC-SHA256 of the body, hex, as v1 in the list X-PagerDuty-Signature.',
    fields: [sendersSecretField('Signing secret', 'Shown once when the webhook subscription is made.')],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  { ...usualRule, header: 'X-PagerDuty-Signature', list: { separator: ',', digest: 'v1' } },
  { id: { body: ['event', 'id'] } },
);
