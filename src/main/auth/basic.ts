/**
 * The scheme `basic`: HTTP Basic authentication (RFC 7617). Name and password are UTF-8; the first colon parts them, so a
 * name has none.
 */
import { isUtf8 } from 'node:buffer';
import { readAuthorization } from './authorization.ts';
import { isSecret } from './compare.ts';
import { refuse, requireSecrets, textSetting, type AuthScheme } from './scheme.ts';

/** The text in base64; undefined for any other spelling than the one of RFC 4648, and for what is no UTF-8. */
function readBase64(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text && isUtf8(bytes) ? bytes.toString() : undefined;
}

function userName(settings: Readonly<Record<string, unknown>>): string {
  return textSetting(settings, 'username', 'hookyard');
}

export const basic: AuthScheme = {
  definition: {
    scheme: 'basic',
    title: 'Basic authentication',
    description: 'The caller sends a name and a password in the header Authorization.',
    fields: [
      {
        name: 'username',
        label: 'User name',
        kind: 'text',
        default: 'hookyard',
        maxLength: 200,
        // RFC 7617: a colon would end the name, control characters are not allowed.
        pattern: '^[^:\\u0000-\\u001f\\u007f]*$',
      },
      { name: 'password', label: 'Password', kind: 'secret', generate: true, required: true },
    ],
  },
  verify({ raw, settings, secrets }) {
    const sets = requireSecrets(secrets, ['password']);
    const text = readAuthorization(raw.headers, 'Basic');
    if (typeof text !== 'string') return text;
    const pair = readBase64(text);
    if (pair === undefined) return refuse('malformed', 'What follows Basic is not base64 of UTF-8 text.');
    const colon = pair.indexOf(':');
    if (colon < 0) return refuse('malformed', 'There is no colon between user name and password.');
    const isName = isSecret(pair.slice(0, colon), userName(settings));
    const password = pair.slice(colon + 1);
    // All are compared, whichever fits, so that the time tells nothing.
    const fits = sets.map((set) => isSecret(password, set['password'] ?? ''));
    const secretIndex = fits.indexOf(true);
    if (isName && secretIndex >= 0) return { ok: true, secretIndex };
    return refuse('mismatch', isName ? 'The password is another.' : 'The user name is another.');
  },
  presents: () => ({ headers: ['Authorization'], query: [] }),
  sign({ secrets, settings }) {
    const [set] = requireSecrets([secrets], ['password']);
    const pair = `${userName(settings)}:${set?.['password'] ?? ''}`;
    return { headers: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, query: {} };
  },
};
