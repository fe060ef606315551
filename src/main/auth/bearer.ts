/** The scheme `bearer`: a token in the header Authorization (RFC 6750), nowhere else. */
import { readAuthorization } from './authorization.ts';
import { isSecret } from './compare.ts';
import { refuse, requireSecrets, type AuthScheme } from './scheme.ts';

export const bearer: AuthScheme = {
  definition: {
    scheme: 'bearer',
    title: 'Bearer token',
    description: 'The caller sends a token in the header Authorization.',
    fields: [{ name: 'token', label: 'Token', kind: 'secret', generate: true, required: true }],
  },
  verify({ raw, secrets }) {
    const sets = requireSecrets(secrets, ['token']);
    const token = readAuthorization(raw.headers, 'Bearer');
    if (typeof token !== 'string') return token;
    const fits = sets.map((set) => isSecret(token, set['token'] ?? ''));
    const secretIndex = fits.indexOf(true);
    return secretIndex < 0 ? refuse('mismatch', 'The token is another.') : { ok: true, secretIndex };
  },
  presents: () => ({ headers: ['Authorization'], query: [] }),
  sign({ secrets }) {
    const [set] = requireSecrets([secrets], ['token']);
    return { headers: { Authorization: `Bearer ${set?.['token'] ?? ''}` }, query: {} };
  },
};
