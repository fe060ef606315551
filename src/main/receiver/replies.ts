/** The bodies callers get (SPEC 4, 10), each in one place. Errors say a code and one sentence, never what is inside. */
import { errorTable, type AppError } from '../../shared/errors.ts';
import type { ResponseSettings } from '../../shared/model/endpoint.ts';
import type { Answer } from './exchange.ts';

const jsonType = 'application/json';

/** An answer whose body is JSON. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { status, headers: withType(headers ?? {}, jsonType), body: JSON.stringify(body) };
}

/**
 * The one answer to everything that goes wrong. Failures and defects tell no details; refusals tell the sender's part.
 * @param more fields beside the four of every error, e.g. `executionId`
 */
export function errorAnswer(
  error: AppError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const isSendersTurn = error.kind === 'refusal';
  const { missing } = error.details;
  return jsonAnswer(
    error.status,
    {
      success: false,
      error: error.code,
      msg: isSendersTurn ? error.message : errorTable[error.code].message,
      requestId,
      ...(Array.isArray(missing) ? { missing } : {}),
      ...more,
    },
    headers,
  );
}

/** The answer to an accepted request at once (SPEC 4, 10 `minimal`), with the endpoint's own status and headers. */
export function acceptedAnswer(
  response: ResponseSettings,
  runIds: readonly string[],
  requestId: string,
): Answer {
  return successAnswer(response, {
    kind: 'json',
    text: JSON.stringify({ success: true, executionId: runIds[0], executionIds: runIds, requestId }),
  });
}

/** What a successful answer says: JSON, or a text that stands for itself. */
export type SuccessBody =
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string };

/** A successful answer: the endpoint's status and headers apply in every mode (SPEC 10). */
export function successAnswer(
  response: Pick<ResponseSettings, 'status' | 'headers'>,
  body: SuccessBody,
): Answer {
  const type = body.kind === 'json' ? jsonType : 'text/plain; charset=utf-8';
  return { status: response.status, headers: withType(response.headers, type), body: body.text };
}

/** A value as a body: texts stand for themselves where a content type was set or `texts` is on, all else is JSON. */
export function bodyOfValue(
  value: unknown,
  headers: Readonly<Record<string, string>>,
  texts: 'plain' | 'json',
): SuccessBody {
  if (typeof value === 'string' && (texts === 'plain' || hasOtherType(headers)))
    return { kind: 'text', text: value };
  return { kind: 'json', text: JSON.stringify(value ?? null) };
}

function typeIn(headers: Readonly<Record<string, string>>): string | undefined {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'content-type');
  return name === undefined ? undefined : headers[name];
}

function hasOtherType(headers: Readonly<Record<string, string>>): boolean {
  const type = typeIn(headers);
  return type !== undefined && !/^application\/(?:[^;]*\+)?json\b/i.test(type);
}

function withType(headers: Readonly<Record<string, string>>, type: string): Readonly<Record<string, string>> {
  return typeIn(headers) === undefined ? { 'Content-Type': type, ...headers } : headers;
}
