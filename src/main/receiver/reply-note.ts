/** What is kept of an answer with the request it belongs to. */
import type { ReplyNote } from '../store/types.ts';
import type { Answer } from './exchange.ts';

/** Characters of an answer that are kept. */
const keptLength = 65_536;

/** The note of an answer; bytes that are no text are not kept. */
export function noteOf({ status, headers, body }: Answer): ReplyNote {
  const text = typeof body === 'string' ? body : '';
  return { status, headers, body: text.length > keptLength ? text.slice(0, keptLength) : text };
}
