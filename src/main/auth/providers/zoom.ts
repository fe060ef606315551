/**
 * Zoom: version, time and body signed. A URL is checked, at first and then every 72 hours, with a token that wants a digest
 * under the same secret.
 */
import { createHmac } from 'node:crypto';
import { verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { presentedHeader } from '../presented.ts';
import { requireSecrets, type AuthCheck } from '../scheme.ts';
import { bodyText } from './body-text.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Handshake, Provider } from './provider.ts';
import { jsonAnswer } from './replies.ts';

const rule: HmacRule = {
  ...usualRule,
  header: 'x-zm-signature',
  prefix: 'v0=',
  signed: 'v0:{timestamp}:{body}',
  timestamp: { header: 'x-zm-request-timestamp', toleranceMs: 300_000 },
};
/** What a token looks like. Signed texts hold colons, so a digest of this can never pass for a signature. */
const tokenPattern = /^[A-Za-z0-9+/=_-]{1,200}$/;

export const zoom: Provider = hmacProvider(
  {
    provider: 'zoom',
    title: 'Zoom',
    description:
      'marketplace.zoom.us > Manage > your app > Feature > Event Subscriptions: enter the URL. The secret token stands on the same page.',
    formula: 'HMAC-SHA256 of "v0:", timestamp, ":" and the body, hex with "v0=", in x-zm-signature.',
    fields: [sendersSecretField('Secret token', 'On the Feature page of your app.')],
    deadlineMs: 3_000,
    replayable: false,
    handshake: 'A POST of the event endpoint.url_validation is answered with its token and a digest of it.',
  },
  rule,
  { handshake: answerValidation },
);

function answerValidation(check: AuthCheck): Handshake | undefined {
  const { method, headers } = check.raw;
  if (method !== 'POST' || bodyText(check, ['event']) !== 'endpoint.url_validation') return undefined;
  if (presentedHeader(headers, rule.header).kind !== 'missing') {
    const verdict = verifyHmac(check, rule);
    if (!verdict.ok) return { kind: 'refuse', status: 401, reason: verdict.reason };
  }
  const plainToken = bodyText(check, ['payload', 'plainToken']) ?? '';
  if (!tokenPattern.test(plainToken)) {
    return { kind: 'refuse', status: 403, reason: 'plainToken is not a token as Zoom sends it.' };
  }
  const [set] = requireSecrets(check.secrets, ['secret']);
  const encryptedToken = createHmac('sha256', set?.['secret'] ?? '')
    .update(plainToken)
    .digest('hex');
  return jsonAnswer({ plainToken, encryptedToken }, 'The URL validation of Zoom was answered.');
}
