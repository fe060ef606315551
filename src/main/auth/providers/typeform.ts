/** Typeform: the body signed, base64 behind "sha256=". */
import { secretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const typeform: Provider = hmacProvider(
  {
    provider: 'typeform',
    title: 'Typeform',
    description:
      'Your form > Connect > Webhooks > Add a webhook: enter the URL, then Edit and put the secret there; or set both with PUT /forms/{id}/webhooks/{tag}.',
    formula: 'HMAC-SHA256 of the body, base64 with "sha256=", in Typeform-Signature.',
    fields: [secretField('Secret', 'The same text as in Typeform.')],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  { ...usualRule, header: 'Typeform-Signature', encoding: 'base64', prefix: 'sha256=' },
  { id: { body: ['event_id'] } },
);
