/** Notion: the body signed with the verification token, which Notion tells in the first call to the URL. */
import { presentedHeader } from '../presented.ts';
import type { AuthCheck } from '../scheme.ts';
import { bodyText } from './body-text.ts';
import { deliveryBodyWithout } from './delivery-body.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import { learnedSecretField, learnSecret } from './learned-secret.ts';
import type { Handshake, Provider } from './provider.ts';

const header = 'X-Notion-Signature';

export const notion: Provider = hmacProvider(
  {
    provider: 'notion',
    title: 'Notion',
    description:
      'Notion integration settings > Webhooks > Create a subscription: enter the URL. Then press Verify and paste the verification_token from the captured request.',
    formula: `HMAC-SHA256 of the body under the verification token, hex with "sha256=", in ${header}.`,
    fields: [
      learnedSecretField('Verification token', 'Learned from the first call, which brings it in its body.'),
    ],
    deadlineMs: null,
    replayable: false,
    handshake: 'A POST with verification_token is answered with 200; the token is kept as the secret.',
  },
  { ...usualRule, header, prefix: 'sha256=' },
  {
    id: { body: ['id'] },
    deliveryBody: deliveryBodyWithout(['attempt_number']),
    handshake: answerToken,
  },
);

function answerToken(check: AuthCheck): Handshake | undefined {
  const { method, headers } = check.raw;
  if (method !== 'POST' || presentedHeader(headers, header).kind !== 'missing') return undefined;
  const token = bodyText(check, ['verification_token']);
  if (token === undefined) return undefined;
  return learnSecret(token, 'Notion', { status: 200, headers: {}, body: '' });
}
