/**
 * X (Twitter): the body signed, and a challenge-response check (CRC) every hour that is answered with a digest under the
 * same secret. A stranger may ask for that digest, so it is only made of texts that can never pass for an event.
 */
import { createHmac } from 'node:crypto';
import { verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { presentedPair } from '../presented.ts';
import { refuse, requireSecrets, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Handshake, Provider } from './provider.ts';
import { jsonAnswer } from './replies.ts';

const rule: HmacRule = {
  ...usualRule,
  header: 'X-Twitter-Webhooks-Signature',
  encoding: 'base64',
  prefix: 'sha256=',
};

/** What a CRC token looks like; an event is a JSON object and never does. */
const tokenPattern = /^[A-Za-z0-9+/=_.-]{1,500}$/;

export const x: Provider = hmacProvider(
  {
    provider: 'x',
    title: 'X (Twitter)',
    description:
      'Register the URL with POST /2/webhooks. The secret is the API key secret (consumer secret) of your app in the developer portal.',
    formula: 'HMAC-SHA256 of the body, base64 with "sha256=", in x-twitter-webhooks-signature.',
    fields: [sendersSecretField('Consumer secret', 'The API key secret of your app.')],
    deadlineMs: null,
    replayable: true,
    handshake:
      'A GET with crc_token is answered within 3 s with {"response_token": "sha256=…"}, made with the secret.',
  },
  rule,
  { verify: verifyEvent, handshakeByGet: ['crc_token'], handshake: answerCrc },
);

function verifyEvent(check: AuthCheck): AuthVerdict {
  const { body } = check.raw;
  const mayBeToken = body.byteLength <= 500 && tokenPattern.test(Buffer.from(body).toString('latin1'));
  if (mayBeToken) return refuse('malformed', 'The body is no JSON object, and X sends nothing else.');
  return verifyHmac(check, rule);
}

function answerCrc({ raw, query, secrets }: AuthCheck): Handshake | undefined {
  const token = presentedPair(query, 'crc_token');
  if (raw.method !== 'GET' || token.kind === 'missing') return undefined;
  const [set] = requireSecrets(secrets, ['secret']);
  if (token.kind === 'repeated' || !tokenPattern.test(token.value)) {
    return { kind: 'refuse', status: 403, reason: 'crc_token is not a token as X sends it.' };
  }
  const digest = createHmac('sha256', set?.['secret'] ?? '')
    .update(token.value)
    .digest('base64');
  return jsonAnswer(
    { response_token: `sha256=${digest}` },
    'The challenge-response check of X was answered.',
  );
}
