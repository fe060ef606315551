/** A caller of the REST API, as a program of the operator's would be: JSON in, JSON out, one token. */
import { API_TOKEN } from './host.ts';

export interface V1Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON, or the text where it is none, or undefined where there is no body. */
  body: unknown;
}

/** Calls `/v1` on a receiver. `path` begins with `/v1`; a body is sent as JSON. */
export async function callV1(
  receiver: string,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = API_TOKEN,
): Promise<V1Answer> {
  const response = await fetch(receiver + path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: parse(await response.text()) };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
