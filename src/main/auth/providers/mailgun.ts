/**
 * Mailgun: time and a random token signed, inside the body. The rest of the body is not covered, so what keeps a
 * captured signature from carrying another event is the token: it is the delivery's id, and dedupe knows it for a week.
 */
import { createHmac } from 'node:crypto';
import { decodeDigest } from '../digest.ts';
import { findSigner } from '../find-signer.ts';
import { presentedPair } from '../presented.ts';
import { refuse, requireSecrets, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { seconds } from '../time-form.ts';
import { refuseStale } from '../timestamp.ts';
import { bodyText } from './body-text.ts';
import { sendersSecretField, toleranceField, toleranceMs } from './fields.ts';
import type { Provider } from './provider.ts';

/** Mailgun tries for 8 hours and warns against a narrow window. */
const usualSeconds = 43_200;

export const mailgun: Provider = {
  definition: {
    provider: 'mailgun',
    title: 'Mailgun',
    description:
      'Mailgun > Send > Webhooks > Add webhook: enter the URL. The HTTP webhook signing key stands beside it, and under API security.',
    formula:
      'HMAC-SHA256 of timestamp and token, hex, in "signature" of the body; the rest of the body is not covered.',
    fields: [
      sendersSecretField('HTTP webhook signing key', 'Not the API key.'),
      toleranceField(usualSeconds),
    ],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  verify: verifyEvent,
  deliveryId: (check) => field(check, 'token'),
};

/** An event carries its fields in the object `signature`, a routed message as fields of its form. */
function field(check: AuthCheck, name: string): string | undefined {
  const inObject = bodyText(check, ['signature', name]);
  if (inObject !== undefined) return inObject;
  const inForm = presentedPair(check.bodyFields?.() ?? [], name);
  return inForm.kind === 'one' && inForm.value !== '' ? inForm.value : undefined;
}

function verifyEvent(check: AuthCheck): AuthVerdict {
  const sets = requireSecrets(check.secrets, ['secret']);
  const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map((name) => field(check, name));
  if (timestamp === undefined || token === undefined || signature === undefined) {
    return refuse('missing', 'The body holds no signature with timestamp, token and signature.');
  }
  // An event of a subaccount is signed for its parent as well.
  const texts = [signature, field(check, 'parent-signature') ?? ''];
  const given = texts.flatMap((text) => decodeDigest(text, 'hex', 32) ?? []);
  if (given.length === 0) return refuse('malformed', 'The signature in the body is not 32 bytes in hex.');
  const at = seconds.read(timestamp);
  if (at === undefined) return refuse('malformed', `The timestamp in the body is not ${seconds.words}.`);
  const secretIndex = findSigner(sets, given, ({ secret = '' }) =>
    secret === ''
      ? undefined
      : createHmac('sha256', secret)
          .update(timestamp + token)
          .digest(),
  );
  if (secretIndex < 0) {
    return refuse('mismatch', 'The signature in the body does not fit its timestamp and token and this key.');
  }
  const stale = refuseStale('The timestamp', at, check.now, toleranceMs(check.settings, usualSeconds));
  return stale ?? { ok: true, secretIndex };
}
