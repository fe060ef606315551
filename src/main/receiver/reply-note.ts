/** What is kept of an answer with the request it belongs to. */
import { blotted } from '../base/credentials.ts';
import type { ReplyNote } from '../store/types.ts';
import type { Answer } from './exchange.ts';

/** Characters of an answer that are kept. */
const keptLength = 65_536;

/**
 * The note of an answer; bytes that are no text are not kept.
 * @param secretHeaders lower-case names of headers whose values are blotted out: a handshake may say back a secret
 */
export function noteOf(
  { status, headers, body }: Answer,
  secretHeaders: ReadonlySet<string> = new Set(),
): ReplyNote {
  const text = typeof body === 'string' ? body : '';
  const shown = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    secretHeaders.has(name.toLowerCase()) ? blotted(value) : value,
  ]);
  return {
    status,
    headers: Object.fromEntries(shown),
    body: text.length > keptLength ? text.slice(0, keptLength) : text,
  };
}
