/**
 * GitLab: a token that comes as it is, or, where a signing token is set, a signature by Standard Webhooks. Who signs is not
 * believed for the token alone.
 */
import { isSecret } from '../compare.ts';
import { requireHeader } from '../required-header.ts';
import { refuse, requireSecrets, type AuthCheck, type AuthVerdict, type SignInput } from '../scheme.ts';
import { signStandard, verifyStandard } from '../standard-webhooks.ts';
import { headerOf } from './delivery-header.ts';
import { secretField } from './fields.ts';
import type { Provider } from './provider.ts';

const tokenHeader = 'X-Gitlab-Token';
const rule = { families: ['webhook'], toleranceMs: 300_000 } as const;

export const gitlab: Provider = {
  definition: {
    provider: 'gitlab',
    title: 'GitLab',
    description:
      'Settings > Webhooks > Add new webhook of a project or group: enter the URL and the secret token.',
    formula: `The secret token as it is in ${tokenHeader}; with a signing token HMAC-SHA256 of id, timestamp and body in webhook-signature.`,
    fields: [
      secretField('Secret token', 'The same text stands in "Secret token" of the webhook at GitLab.'),
      {
        name: 'signingToken',
        label: 'Signing token',
        kind: 'secret',
        help: 'whsec_ and base64, as GitLab shows it. Where it is set, the secret token plays no part.',
      },
    ],
    deadlineMs: 10_000,
    // By the token alone; with a signing token a time is signed.
    replayable: true,
    handshake: null,
  },
  verify(check) {
    const field = signingField(check.secrets[0]);
    return field === undefined ? verifyToken(check) : verifyStandard(check, { ...rule, field });
  },
  sign(input) {
    const field = signingField(input.secrets);
    return field === undefined ? signToken(input) : signStandard(input, { ...rule, field });
  },
  presents: { headers: [tokenHeader], query: [] },
  deliveryId: (check) => headerOf(check, 'Idempotency-Key'),
};

/** Where the signing token stands: in its own field, or where somebody put it as the secret. */
function signingField(secrets: AuthCheck['secrets'][number] = {}): string | undefined {
  if (secrets['signingToken'] !== undefined) return 'signingToken';
  return secrets['secret']?.startsWith('whsec_') === true ? 'secret' : undefined;
}

function verifyToken({ raw, secrets }: AuthCheck): AuthVerdict {
  const sets = requireSecrets(secrets, ['secret']);
  const token = requireHeader(raw.headers, tokenHeader);
  if (typeof token !== 'string') return token;
  const secretIndex = sets.map((set) => isSecret(token, set['secret'] ?? '')).indexOf(true);
  return secretIndex < 0
    ? refuse('mismatch', `The header ${tokenHeader} holds another token.`)
    : { ok: true, secretIndex };
}

function signToken({ secrets }: SignInput) {
  const [set] = requireSecrets([secrets], ['secret']);
  return { headers: { [tokenHeader]: set?.['secret'] ?? '' }, query: {} };
}
