/** Dropbox: the body signed with the app secret; the URL is checked by a GET that wants its challenge back. */
import { presentedPair } from '../presented.ts';
import type { AuthCheck } from '../scheme.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Handshake, Provider } from './provider.ts';
import { plainAnswer } from './replies.ts';

export const dropbox: Provider = hmacProvider(
  {
    provider: 'dropbox',
    title: 'Dropbox',
    description:
      'Dropbox App Console > your app > Webhooks: enter the URL. The secret is the App secret on the Settings tab.',
    formula: 'HMAC-SHA256 of the body, hex, in X-Dropbox-Signature.',
    fields: [sendersSecretField('App secret', 'On the Settings tab of your app in the App Console.')],
    deadlineMs: 10_000,
    replayable: true,
    handshake: 'A GET with challenge is answered with that challenge as plain text.',
  },
  { ...usualRule, header: 'X-Dropbox-Signature' },
  { handshakeByGet: ['challenge'], handshake: answerChallenge },
);

function answerChallenge({ raw, query }: AuthCheck): Handshake | undefined {
  const challenge = presentedPair(query, 'challenge');
  if (raw.method !== 'GET' || challenge.kind !== 'one') return undefined;
  return plainAnswer(challenge.value, 'The challenge of Dropbox was answered.');
}
