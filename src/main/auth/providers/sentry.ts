/** Sentry integrations: the body signed with the integration's client secret. */
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const sentry: Provider = hmacProvider(
  {
    provider: 'sentry',
    title: 'Sentry',
    description:
      'Sentry > Settings > Developer Settings > your internal or public integration: enter the webhook URL and copy the client secret.',
    formula: 'HMAC-SHA256 of the body, hex, in Sentry-Hook-Signature.',
    fields: [sendersSecretField('Client secret', 'Of the integration, under Developer Settings.')],
    deadlineMs: 1_000,
    // The id of a request and its time stand in headers that are not signed.
    replayable: true,
    handshake: null,
  },
  { ...usualRule, header: 'Sentry-Hook-Signature' },
  { id: { header: 'Request-ID' } },
);
