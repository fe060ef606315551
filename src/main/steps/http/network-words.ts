/** Plain words for what the network says, and whether anything had been sent when it said so. */
import { AppError } from '../../../shared/errors.ts';

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The connection was reset.',
  ENOTFOUND: 'The host name is not known.',
  EAI_AGAIN: 'The host name could not be looked up.',
  ETIMEDOUT: 'The host did not answer in time.',
  EHOSTUNREACH: 'The host can not be reached.',
  ENETUNREACH: 'The network can not be reached.',
  EPIPE: 'The connection was closed while sending.',
  UND_ERR_SOCKET: 'The connection was closed before the answer was complete.',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the answer are too large.',
  UND_ERR_INVALID_ARG: 'A header or the method is not valid HTTP.',
  UND_ERR_NOT_SUPPORTED: 'A header of the call is not possible here.',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'The Content-Length given is not that of the body.',
  Z_BUF_ERROR: 'The answer ended before its encoding did.',
  Z_DATA_ERROR: 'The answer is not encoded the way it says.',
  CERT_HAS_EXPIRED: "The host's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The host's certificate is signed by itself.",
  SELF_SIGNED_CERT_IN_CHAIN: "The host's certificate is signed by nobody this machine trusts.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The host's certificate is signed by nobody this machine trusts.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The host's certificate is for another name.",
};

/** The code of a network failure; empty for what has none. */
export function networkCodeOf(thrown: unknown): string {
  // A host with several addresses fails with the list of what each said.
  if (thrown instanceof AggregateError) return networkCodeOf(thrown.errors[0]);
  if (typeof thrown !== 'object' || thrown === null) return '';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** The sentence for a code; undefined where there is none. */
export function networkSentence(code: string): string | undefined {
  return Object.hasOwn(sentences, code) ? sentences[code] : undefined;
}

/** A failed call as its step tells it. */
export function callFailure(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = networkCodeOf(thrown);
  const message = networkSentence(code) ?? `The call failed${code === '' ? '' : ` (${code})`}.`;
  return new AppError({ code: 'http_failed', message, details: { cause: code }, cause: thrown });
}
