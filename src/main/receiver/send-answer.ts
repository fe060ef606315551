/**
 * Writes an answer to the wire. Content from outside never becomes a page of ours: types are not to be guessed, and
 * documents are put into a sandbox without an origin (RELIABILITY E5).
 */
import type { ServerResponse } from 'node:http';
import type { Answer } from './exchange.ts';

/** Statuses whose answers have no body (RFC 9110). */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Set by the server, whatever an endpoint's settings say. */
const ownHeaders: ReadonlySet<string> = new Set([
  'x-content-type-options',
  'content-length',
  'connection',
  'date',
]);

/** Types a browser would run scripts of. */
const documentType = /^\s*(?:text\/html|application\/xhtml\+xml|image\/svg\+xml|(?:text|application)\/xml)/i;

interface SendOptions {
  readonly method: string;
  /** Ends the connection after this answer. */
  readonly isLast: boolean;
}

/**
 * Writes head and body, without ending the response where the connection has to linger.
 * @throws TypeError when a header value can not be sent
 */
export function writeAnswer(response: ServerResponse, answer: Answer, { method, isLast }: SendOptions): void {
  const { status, body } = answer;
  const fields: string[] = [];
  const bodiless = isBodiless(status);
  for (const name of Object.keys(answer.headers)) {
    const value = answer.headers[name] ?? '';
    const lower = name.toLowerCase();
    if (ownHeaders.has(lower) || (bodiless && lower === 'content-type')) continue;
    fields.push(name, value);
    if (lower === 'content-type' && documentType.test(value))
      fields.push('Content-Security-Policy', 'sandbox');
  }
  fields.push('X-Content-Type-Options', 'nosniff');
  if (!bodiless) fields.push('Content-Length', String(Buffer.byteLength(body)));
  if (isLast) fields.push('Connection', 'close');
  response.writeHead(status, fields);
  if (bodiless || method === 'HEAD') response.end();
  else if (isLast) response.write(body);
  else response.end(body);
}
