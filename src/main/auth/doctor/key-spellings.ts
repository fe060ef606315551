/** How a key that is presented as it is may differ from the right one and still be meant: white space, quotes, encodings. */
import { isSame } from '../compare.ts';
import type { Mistake } from './mistake.ts';

export interface KeySpelling extends Mistake {
  matches(text: string, secret: string): boolean;
}

const exactly = 'Let the caller send the key exactly as it stands, with nothing around it.';

function spelling(
  id: string,
  title: string,
  clause: string,
  matches: (text: string, secret: string) => boolean,
): KeySpelling {
  const isOther = (text: string, secret: string): boolean =>
    text !== secret && secret !== '' && matches(text, secret);
  return { id: `key-${id}`, title, clause, mend: exactly, matches: isOther };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Shortest beginning of a key that is told to be one. */
const shortestPart = 8;

/** Every spelling that is looked for. */
export const keySpellings: readonly KeySpelling[] = [
  spelling(
    'white-space',
    'White space around the key',
    'there is white space around the key',
    (text, secret) => isSame(text.trim(), secret),
  ),
  spelling('quotes', 'Quotes around the key', 'there are quotes around the key', (text, secret) =>
    isSame(text.trim().replace(/^(["'`])(.*)\1$/s, '$2'), secret),
  ),
  spelling(
    'url-encoded',
    'The key URL-encoded once too often',
    'the key is URL-encoded once too often',
    (text, secret) => isSame(unescaped(text), secret),
  ),
  spelling(
    'url-decoded',
    'The key not URL-encoded',
    'the key is not URL-encoded: a plus or percent sign of it was read as another character',
    (text, secret) => isSame(text, unescaped(secret.replaceAll('+', ' '))),
  ),
  spelling('base64', 'The key encoded in base64', 'the key is encoded in base64', (text, secret) =>
    isSame(text, Buffer.from(secret).toString('base64')),
  ),
  spelling('case', 'The key in another case', 'the key is written in another case', (text, secret) =>
    isSame(text.toLowerCase(), secret.toLowerCase()),
  ),
  spelling('cut', 'The key cut off', 'only the beginning of the key was sent', (text, secret) => {
    const enough = text.length >= Math.max(shortestPart, secret.length / 2);
    return enough && text.length < secret.length && isSame(text, secret.slice(0, text.length));
  }),
];
