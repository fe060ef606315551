/** Asana: the body signed with a secret that Asana makes up and tells in the first call to the URL. */
import { presentedHeader } from '../presented.ts';
import type { AuthCheck } from '../scheme.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import { learnedSecretField, learnSecret } from './learned-secret.ts';
import type { Handshake, Provider } from './provider.ts';

const signatureHeader = 'X-Hook-Signature';
const secretHeader = 'X-Hook-Secret';

export const asana: Provider = hmacProvider(
  {
    provider: 'asana',
    title: 'Asana',
    description:
      'Create the webhook with POST https://app.asana.com/api/1.0/webhooks and the URL as target. Asana tells the secret by itself; one webhook for each endpoint.',
    formula: `HMAC-SHA256 of the body, hex, in ${signatureHeader}.`,
    fields: [
      learnedSecretField('Secret', `Learned from the first call, which brings it in ${secretHeader}.`),
    ],
    deadlineMs: 10_000,
    replayable: true,
    handshake: `A POST with ${secretHeader} is answered with the same header; its value is kept as the secret.`,
  },
  { ...usualRule, header: signatureHeader },
  { handshake: answerSecret, presents: { headers: [secretHeader], query: [] } },
);

function answerSecret({ raw: { method, headers } }: AuthCheck): Handshake | undefined {
  const told = presentedHeader(headers, secretHeader);
  if (method !== 'POST' || told.kind === 'missing') return undefined;
  const value = told.kind === 'one' ? told.value : '';
  const reply = { status: 200, headers: { [secretHeader]: value }, body: '' };
  return learnSecret(value, 'Asana', reply);
}
