/** SendGrid's event webhook: time and body signed with ECDSA; the public half of the key is entered here. */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import { requireHeader } from '../required-header.ts';
import { refuse, textSetting, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { seconds } from '../time-form.ts';
import { refuseStale } from '../timestamp.ts';
import { toleranceField, toleranceMs } from './fields.ts';
import type { Provider } from './provider.ts';

const signatureHeader = 'X-Twilio-Email-Event-Webhook-Signature';
const timestampHeader = 'X-Twilio-Email-Event-Webhook-Timestamp';
/** SendGrid names no tolerance; this is what most senders name. */
const usualSeconds = 300;
/** A P-256 signature in DER is 70 to 72 bytes, rarely a few less. */
const mostSignatureBytes = 80;

export const sendgrid: Provider = {
  definition: {
    provider: 'sendgrid',
    title: 'SendGrid',
    description:
      'SendGrid > Settings > Mail Settings > Event Webhooks: enter the URL, enable the signature verification and copy the verification key.',
    formula: `ECDSA (P-256, SHA-256) over timestamp and body, base64, in ${signatureHeader}.`,
    fields: [
      {
        name: 'publicKey',
        label: 'Verification key',
        kind: 'text',
        required: true,
        maxLength: 2_000,
        help: 'The public key as SendGrid shows it (base64), or as PEM.',
      },
      toleranceField(usualSeconds),
    ],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  verify: verifyEvents,
  check: ({ publicKey }) =>
    typeof publicKey === 'string' && readKey(publicKey) !== undefined
      ? []
      : [{ path: 'publicKey', message: 'This is not a P-256 public key.' }],
};

function verifyEvents(check: AuthCheck): AuthVerdict {
  const key = readKey(textSetting(check.settings, 'publicKey', ''));
  if (key === undefined) {
    throw new AppError({
      code: 'endpoint_misconfigured',
      reason: 'The verification key is not a P-256 key.',
    });
  }
  const { headers, body } = check.raw;
  const text = requireHeader(headers, signatureHeader);
  if (typeof text !== 'string') return text;
  const timestamp = requireHeader(headers, timestampHeader);
  if (typeof timestamp !== 'string') return timestamp;
  const signature = Buffer.from(text, 'base64');
  if (signature.toString('base64') !== text || signature.length > mostSignatureBytes) {
    return refuse('malformed', `The header ${signatureHeader} does not hold a signature in base64.`);
  }
  const at = seconds.read(timestamp);
  if (at === undefined) return refuse('malformed', `The header ${timestampHeader} is not ${seconds.words}.`);
  if (!verify('sha256', Buffer.concat([Buffer.from(timestamp), body]), key, signature)) {
    return refuse('mismatch', `The signature in ${signatureHeader} does not fit these bytes and this key.`);
  }
  const stale = refuseStale('The timestamp', at, check.now, toleranceMs(check.settings, usualSeconds));
  return stale ?? { ok: true, secretIndex: 0 };
}

/** A P-256 key from PEM or bare base64; undefined for anything else. */
function readKey(text: string): KeyObject | undefined {
  const pem = text.includes('BEGIN') ? text : `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----`;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}
