/** Meta (Facebook, Instagram, WhatsApp): the body signed; a new URL is checked by a GET that knows the verify token. */
import { isSecret } from '../compare.ts';
import { presentedPair } from '../presented.ts';
import { requireSecrets, type AuthCheck } from '../scheme.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Handshake, Provider } from './provider.ts';
import { plainAnswer } from './replies.ts';

const tokenName = 'hub.verify_token';
const challengeName = 'hub.challenge';

export const meta: Provider = hmacProvider(
  {
    provider: 'meta',
    title: 'Meta (Facebook, Instagram, WhatsApp)',
    description:
      'developers.facebook.com > your app > Webhooks: enter the URL and the verify token. The app secret stands under App settings > Basic.',
    formula: 'HMAC-SHA256 of the body, hex with "sha256=", in X-Hub-Signature-256.',
    fields: [
      sendersSecretField('App secret', 'Under App settings > Basic of your app.'),
      {
        name: 'verifyToken',
        label: 'Verify token',
        kind: 'secret',
        generate: true,
        required: true,
        help: 'The same text is entered beside the URL at Meta.',
      },
    ],
    deadlineMs: null,
    replayable: true,
    handshake: `A GET with the verify token is answered with its ${challengeName} as plain text.`,
  },
  { ...usualRule, header: 'X-Hub-Signature-256', prefix: 'sha256=' },
  {
    handshakeByGet: [challengeName],
    handshake: answerSubscription,
    presents: { headers: [], query: [tokenName] },
  },
);

function answerSubscription({ raw, query, secrets }: AuthCheck): Handshake | undefined {
  const challenge = presentedPair(query, challengeName);
  if (raw.method !== 'GET' || challenge.kind === 'missing') return undefined;
  const sets = requireSecrets(secrets, ['verifyToken']);
  const token = presentedPair(query, tokenName);
  const given = token.kind === 'one' ? token.value : '';
  const isKnown = sets.filter((set) => isSecret(given, set['verifyToken'] ?? '')).length > 0;
  const mode = presentedPair(query, 'hub.mode');
  if (!isKnown)
    return { kind: 'refuse', status: 403, reason: `${tokenName} is another, missing or there twice.` };
  if (mode.kind !== 'one' || mode.value !== 'subscribe' || challenge.kind !== 'one') {
    return { kind: 'refuse', status: 403, reason: 'The call is no subscription with one challenge.' };
  }
  return plainAnswer(challenge.value, 'The subscription check of Meta was answered.');
}
