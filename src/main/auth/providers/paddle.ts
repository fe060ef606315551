/** Paddle Billing: time and body signed, several digests in one header while a secret is being rotated. */
import { sendersSecretField, toleranceField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

/** Paddle leaves the tolerance to the receiver; its own libraries take 5 s, too little for a home connection. */
const usualSeconds = 300;

export const paddle: Provider = hmacProvider(
  {
    provider: 'paddle',
    title: 'Paddle',
    description:
      'Paddle > Developer tools > Notifications: a destination of the type URL. Its secret key (pdl_ntfset_…) stands under Edit destination.',
    formula: 'HMAC-SHA256 of timestamp, ":" and the body, hex, as h1 beside ts in Paddle-Signature.',
    fields: [
      sendersSecretField('Secret key', 'Of the notification destination; begins with pdl_ntfset_.'),
      toleranceField(usualSeconds),
    ],
    deadlineMs: 5_000,
    replayable: false,
    handshake: null,
  },
  {
    ...usualRule,
    header: 'Paddle-Signature',
    list: { separator: ';', digest: 'h1', time: 'ts' },
    signed: '{timestamp}:{body}',
    timestamp: { toleranceMs: usualSeconds * 1_000 },
  },
  { id: { body: ['event_id'] } },
);
