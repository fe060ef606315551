/** The keys callers make of a secret's text: as it stands, decoded, or with something of the file or form it came from. */
import type { Mistake } from './mistake.ts';

export interface KeyForm extends Mistake {
  /** The key; undefined where the text can not be read like that. */
  keyOf(secret: string): Uint8Array | undefined;
}

const asItStands = 'Let the caller use the text of the secret exactly as it stands, as UTF-8 bytes.';
const trimIt = 'Let the caller take off white space and quotes around the secret before it uses it.';

function form(
  id: string,
  title: string,
  clause: string,
  mend: string,
  keyOf: (secret: string) => Uint8Array | string | undefined,
): KeyForm {
  return {
    id,
    title,
    clause,
    mend,
    keyOf(secret) {
      const key = keyOf(secret);
      return typeof key === 'string' ? Buffer.from(key) : key;
    },
  };
}

function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  const bare = text.replace(/=+$/, '');
  const isBase64 = [bytes.toString('base64'), bytes.toString('base64url')].some(
    (own) => own.replace(/=+$/, '') === bare,
  );
  return bytes.length > 0 && isBase64 ? bytes : undefined;
}

function fromHex(text: string): Uint8Array | undefined {
  return text.length > 1 && text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text)
    ? Buffer.from(text, 'hex')
    : undefined;
}

/** What follows a prefix such as `whsec_`. */
function behindPrefix(text: string): string | undefined {
  return /^[A-Za-z]{2,12}_(.+)$/s.exec(text)?.[1];
}

/** Every form; the first is the usual one. */
export const keyForms: readonly KeyForm[] = [
  form(
    'secret-as-text',
    'The secret as it stands',
    'the caller used the text of the secret without decoding it',
    'Let the caller decode the secret first: what follows its prefix is base64.',
    (secret) => secret,
  ),
  form(
    'secret-prefix-decoded',
    'The secret without its prefix, decoded from base64',
    'the caller took off the prefix of the secret and decoded the rest from base64',
    asItStands,
    (secret) => {
      const rest = behindPrefix(secret);
      return rest === undefined ? undefined : fromBase64(rest);
    },
  ),
  form(
    'secret-base64-decoded',
    'The secret decoded from base64',
    'the caller decoded the secret from base64 before signing',
    asItStands,
    fromBase64,
  ),
  form(
    'secret-hex-decoded',
    'The secret decoded from hex',
    'the caller decoded the secret from hex before signing',
    asItStands,
    fromHex,
  ),
  form(
    'secret-newline',
    'A newline behind the secret',
    'the caller signed with a newline at the end of the secret',
    trimIt,
    (secret) => `${secret}\n`,
  ),
  form(
    'secret-crlf',
    'A carriage return behind the secret',
    'the caller signed with a line break (CR LF) at the end of the secret',
    trimIt,
    (secret) => `${secret}\r\n`,
  ),
  form(
    'secret-space-after',
    'A space behind the secret',
    'the caller signed with a space at the end of the secret',
    trimIt,
    (secret) => `${secret} `,
  ),
  form(
    'secret-space-before',
    'A space before the secret',
    'the caller signed with a space before the secret',
    trimIt,
    (secret) => ` ${secret}`,
  ),
  form(
    'secret-trimmed',
    'The secret without white space around it',
    'the secret of this endpoint has white space around it, which the caller took off',
    'Set the secret of the endpoint again, without white space around it.',
    (secret) => (secret.trim() === secret ? undefined : secret.trim()),
  ),
  form(
    'secret-quoted',
    'The secret in double quotes',
    'the caller signed with the secret in double quotes',
    trimIt,
    (secret) => `"${secret}"`,
  ),
  form(
    'secret-single-quoted',
    'The secret in single quotes',
    'the caller signed with the secret in single quotes',
    trimIt,
    (secret) => `'${secret}'`,
  ),
  form(
    'secret-without-prefix',
    'The secret without its prefix',
    'the caller took off the prefix of the secret before signing',
    asItStands,
    behindPrefix,
  ),
  form(
    'secret-base64-encoded',
    'The secret encoded in base64',
    'the caller encoded the secret in base64 before signing',
    asItStands,
    (secret) => Buffer.from(secret).toString('base64'),
  ),
  form(
    'secret-hex-encoded',
    'The secret encoded in hex',
    'the caller encoded the secret in hex before signing',
    asItStands,
    (secret) => Buffer.from(secret).toString('hex'),
  ),
  form(
    'secret-url-encoded',
    'The secret URL-encoded',
    'the caller URL-encoded the secret before signing',
    asItStands,
    (secret) => {
      const encoded = encodeURIComponent(secret);
      return encoded === secret ? undefined : encoded;
    },
  ),
  form(
    'secret-lower-case',
    'The secret in lower case',
    'the caller made the secret lower-case before signing',
    asItStands,
    (secret) => (secret.toLowerCase() === secret ? undefined : secret.toLowerCase()),
  ),
];

/** Keys of callers whose configuration never reached them; tried apart from the secret. */
export const emptyKeys: readonly KeyForm[] = [
  ['empty', ''],
  ['undefined', 'undefined'],
  ['null', 'null'],
].map(([name = '', key = '']) =>
  form(
    `secret-${name}`,
    name === 'empty' ? 'No secret at all' : `The word "${name}" as secret`,
    name === 'empty'
      ? 'the caller signed with an empty secret'
      : `the caller signed with the word "${name}" as secret`,
    'Look how the secret reaches the caller: its setting or environment variable is not set.',
    () => key,
  ),
);
