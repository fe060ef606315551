/** DocuSign Connect: the body signed once for each key of the account, each digest in a header with its number. */
import { createHmac } from 'node:crypto';
import { decodeDigest } from '../digest.ts';
import { findSigner } from '../find-signer.ts';
import { refuse, requireSecrets, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { sendersSecretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

const header = 'X-DocuSign-Signature-1';
const numbered = /^x-docusign-signature-\d{1,3}$/;

export const docusign: Provider = hmacProvider(
  {
    provider: 'docusign',
    title: 'DocuSign Connect',
    description:
      'DocuSign Admin > Connect > Add configuration: enter the URL and tick Include HMAC signature. Keys are made under Connect keys and shown once.',
    formula:
      'HMAC-SHA256 of the body, base64, in X-DocuSign-Signature-1 and up, one for each key of the account.',
    fields: [sendersSecretField('Connect key', 'As shown once by DocuSign, with its "=" at the end.')],
    deadlineMs: 5_000,
    replayable: true,
    handshake: null,
  },
  { ...usualRule, header, encoding: 'base64' },
  { verify: verifyKeys },
);

function verifyKeys(check: AuthCheck): AuthVerdict {
  const sets = requireSecrets(check.secrets, ['secret']);
  const sent = check.raw.headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => numbered.test(name));
  if (sent.length === 0) return refuse('missing', `The header ${header} is missing.`);
  if (new Set(sent.map(([name]) => name)).size < sent.length) {
    return refuse('repeated', 'A header X-DocuSign-Signature-n was sent more than once.');
  }
  const given = sent.flatMap(([, value]) => decodeDigest(value, 'base64', 32) ?? []);
  if (given.length === 0)
    return refuse('malformed', `The header ${header} does not hold 32 bytes in base64.`);
  const secretIndex = findSigner(sets, given, ({ secret = '' }) =>
    secret === '' ? undefined : createHmac('sha256', secret).update(check.raw.body).digest(),
  );
  if (secretIndex >= 0) return { ok: true, secretIndex };
  return refuse(
    'mismatch',
    'None of the signatures in X-DocuSign-Signature-n fits these bytes and this key.',
  );
}
