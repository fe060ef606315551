/**
 * HubSpot: method, URL, body and time signed (v3). The older versions, a bare hash of secret and body, are judged only
 * where they are asked for: they sign no time, and v1 lets a stranger append to a body.
 */
import { hash } from 'node:crypto';
import { decodeDigest } from '../digest.ts';
import { findSigner } from '../find-signer.ts';
import { signedUrls, verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { requireHeader } from '../required-header.ts';
import { refuse, requireSecrets, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { milliseconds } from '../time-form.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, notificationUrlField, usualRule, withSettings } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

const rule: HmacRule = {
  ...usualRule,
  header: 'X-HubSpot-Signature-v3',
  encoding: 'base64',
  signed: '{method}{url}{body}{timestamp}',
  timestamp: { header: 'X-HubSpot-Request-Timestamp', form: milliseconds, toleranceMs: 300_000 },
  spellUrl: decodeListed,
};
const oldHeader = 'X-HubSpot-Signature';

export const hubspot: Provider = hmacProvider(
  {
    provider: 'hubspot',
    title: 'HubSpot',
    description:
      'HubSpot developer account > your app > Webhooks: enter the URL as target URL. The secret is the client secret on the Auth tab.',
    formula: 'HMAC-SHA256 of method, URL, body and timestamp, base64, in X-HubSpot-Signature-v3.',
    fields: [
      sendersSecretField('Client secret', 'On the Auth tab of your app.'),
      {
        name: 'version',
        label: 'Signature version',
        kind: 'select',
        default: 'v3',
        options: [
          { value: 'v3', label: 'v3' },
          { value: 'v2', label: 'v2 (method, URL and body hashed; can be sent again)' },
          { value: 'v1', label: 'v1 (body hashed; can be sent again and added to)' },
        ],
        help: 'HubSpot sends v3 with every request; the older ones are for calls made by hand.',
      },
      notificationUrlField,
    ],
    deadlineMs: 5_000,
    replayable: false,
    handshake: null,
  },
  rule,
  { verify: verifyVersion },
);

function verifyVersion(check: AuthCheck): AuthVerdict {
  const { version } = check.settings;
  const own = withSettings(rule, check.settings);
  return version === 'v1' || version === 'v2' ? verifyOld(check, version, own) : verifyHmac(check, own);
}

function verifyOld(check: AuthCheck, version: 'v1' | 'v2', { url }: HmacRule): AuthVerdict {
  const { headers, method, body } = check.raw;
  const sets = requireSecrets(check.secrets, ['secret']);
  const text = requireHeader(headers, oldHeader);
  if (typeof text !== 'string') return text;
  const given = decodeDigest(text, 'hex', 32);
  if (given === undefined)
    return refuse('malformed', `The header ${oldHeader} does not hold 32 bytes in hex.`);
  const heads =
    version === 'v1'
      ? ['']
      : signedUrls(check, url === undefined ? {} : { url }).map((called) => `${method}${called}`);
  for (const head of heads) {
    const secretIndex = findSigner(sets, [given], ({ secret = '' }) =>
      secret === '' ? undefined : hash('sha256', Buffer.concat([Buffer.from(secret + head), body]), 'buffer'),
    );
    if (secretIndex >= 0) return { ok: true, secretIndex };
  }
  return refuse('mismatch', `The signature in ${oldHeader} does not fit these bytes and this secret.`);
}

/** HubSpot decodes these escapes, and no others, in the URL it signs. */
function decodeListed(url: string): string {
  return url.replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (escape) => decodeURIComponent(escape));
}
