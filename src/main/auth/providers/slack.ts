/** Slack: version, time and body signed; a new URL is checked with a signed challenge. */
import { verifyHmac, type HmacRule } from '../hmac-rule.ts';
import type { AuthCheck } from '../scheme.ts';
import { bodyText } from './body-text.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Handshake, Provider } from './provider.ts';
import { plainAnswer } from './replies.ts';

const rule: HmacRule = {
  ...usualRule,
  header: 'X-Slack-Signature',
  prefix: 'v0=',
  signed: 'v0:{timestamp}:{body}',
  timestamp: { header: 'X-Slack-Request-Timestamp', toleranceMs: 300_000 },
};

export const slack: Provider = hmacProvider(
  {
    provider: 'slack',
    title: 'Slack',
    description:
      'api.slack.com/apps > your app > Event Subscriptions: enter the URL. The signing secret stands under Basic Information.',
    formula: 'HMAC-SHA256 of "v0:", timestamp, ":" and the body, hex with "v0=", in X-Slack-Signature.',
    fields: [sendersSecretField('Signing secret', 'Under Basic Information of your app.')],
    deadlineMs: 3_000,
    replayable: false,
    handshake: 'A signed POST of the type url_verification is answered with its challenge as plain text.',
  },
  rule,
  { id: { body: ['event_id'] }, handshake: answerChallenge },
);

function answerChallenge(check: AuthCheck): Handshake | undefined {
  if (check.raw.method !== 'POST' || bodyText(check, ['type']) !== 'url_verification') return undefined;
  const verdict = verifyHmac(check, rule);
  if (!verdict.ok) return { kind: 'refuse', status: 401, reason: verdict.reason };
  const challenge = bodyText(check, ['challenge']);
  if (challenge === undefined) return { kind: 'refuse', status: 403, reason: 'The body holds no challenge.' };
  return plainAnswer(challenge, 'The URL verification of Slack was answered.');
}
