/** Intercom: the body signed with SHA-1 under the app's client secret. A repetition counts its attempts in the body. */
import { deliveryBodyWithout } from './delivery-body.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const intercom: Provider = hmacProvider(
  {
    provider: 'intercom',
    title: 'Intercom',
    description:
      'Intercom Developer Hub > your app > Webhooks: enter the URL and choose topics. The secret is the client secret under Basic information.',
    formula: 'HMAC-SHA1 of the body, hex with "sha1=", in X-Hub-Signature.',
    fields: [sendersSecretField('Client secret', 'Of your app in the Developer Hub.')],
    deadlineMs: 5_000,
    replayable: false,
    handshake: null,
  },
  { ...usualRule, header: 'X-Hub-Signature', algorithm: 'sha1', prefix: 'sha1=' },
  {
    id: { body: ['id'] },
    deliveryBody: deliveryBodyWithout([
      'delivery_status',
      'delivery_attempts',
      'delivered_at',
      'first_sent_at',
    ]),
  },
);
