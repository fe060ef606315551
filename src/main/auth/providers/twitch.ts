/** Twitch EventSub: id, time and body signed together; a subscription begins with a signed challenge. */
import { verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { presentedHeader } from '../presented.ts';
import type { AuthCheck } from '../scheme.ts';
import { isoTime } from '../time-form.ts';
import { bodyText } from './body-text.ts';
import { secretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Handshake, Provider } from './provider.ts';
import { plainAnswer } from './replies.ts';

const header = 'Twitch-Eventsub-Message-Signature';

const idHeader = 'Twitch-Eventsub-Message-Id';

const rule: HmacRule = {
  ...usualRule,
  header,
  prefix: 'sha256=',
  signed: '{id}{timestamp}{body}',
  idHeaders: [idHeader],
  timestamp: { header: 'Twitch-Eventsub-Message-Timestamp', form: isoTime, toleranceMs: 600_000 },
};

export const twitch: Provider = hmacProvider(
  {
    provider: 'twitch',
    title: 'Twitch EventSub',
    description:
      'Give the URL as transport.callback and the secret as transport.secret when you create the EventSub subscription.',
    formula: `HMAC-SHA256 of message id, timestamp and body, hex with "sha256=", in ${header}.`,
    fields: [secretField('Secret', 'Ten to 100 ASCII characters of your choice.')],
    deadlineMs: null,
    replayable: false,
    handshake:
      'A signed POST of the type webhook_callback_verification is answered with its challenge as plain text.',
  },
  rule,
  { id: { header: idHeader }, handshake: answerChallenge },
);

function answerChallenge(check: AuthCheck): Handshake | undefined {
  const type = presentedHeader(check.raw.headers, 'Twitch-Eventsub-Message-Type');
  if (type.kind !== 'one' || type.value !== 'webhook_callback_verification') return undefined;
  const verdict = verifyHmac(check, rule);
  if (!verdict.ok) return { kind: 'refuse', status: 401, reason: verdict.reason };
  const challenge = bodyText(check, ['challenge']);
  if (challenge === undefined) return { kind: 'refuse', status: 403, reason: 'The body holds no challenge.' };
  return plainAnswer(challenge, 'The challenge of a new subscription was answered.');
}
