/** Vercel: the body signed with SHA-1. */
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const vercel: Provider = hmacProvider(
  {
    provider: 'vercel',
    title: 'Vercel',
    description:
      'Vercel > team Settings > Webhooks > Create webhook: enter the URL; the secret is shown once. For an integration it is the client secret.',
    formula: 'HMAC-SHA1 of the body, hex, in x-vercel-signature.',
    fields: [sendersSecretField('Secret', 'Shown once when the webhook is made.')],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  { ...usualRule, header: 'X-Vercel-Signature', algorithm: 'sha1' },
  { id: { body: ['id'] } },
);
