/**
 * Where a call goes. Secrets are bound to hosts, so the host is settled first, without them or by the one the URL
 * begins with, and no other secret can move it afterwards (SPEC 7).
 */
import { AppError } from '../../../shared/errors.ts';
import { sentText, shownText, type SecretText } from '../secret-text.ts';

/** Gives a secret for a host, or for the host its own value names. */
export type SecretForHost = (name: string, host: string | ((value: string) => string)) => string;

export interface CallTarget {
  readonly url: URL;
  /** `name:port`, to which every secret of the call must be allowed. */
  readonly host: string;
}

function parseUrl(text: string, shown: string): URL {
  const url = URL.parse(text);
  const fault =
    url === null
      ? 'is not valid'
      : url.protocol !== 'http:' && url.protocol !== 'https:'
        ? 'does not begin with http:// or https://'
        : url.username !== '' || url.password !== ''
          ? 'holds a user name or password; use Authentication for these'
          : undefined;
  if (url !== null && fault === undefined) return url;
  // What is shown holds secrets by name only; a parser's own message would quote the value.
  throw new AppError({
    code: 'http_failed',
    message: `The URL ${shown.slice(0, 200)} ${fault ?? ''}.`,
    details: { retryable: false },
  });
}

function hostOf(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`;
}

/** Puts the secrets of a URL in and says which host it names. */
export function resolveTarget(text: SecretText, secret: SecretForHost): CallTarget {
  const shown = shownText(text);
  const [first, ...rest] = text;
  const start =
    typeof first === 'object'
      ? secret(first.secret, (value) => hostOf(parseUrl(value + sentText(rest, () => 'x'), shown)))
      : (first ?? '');
  const host = hostOf(parseUrl(start + sentText(rest, () => 'x'), shown));
  const url = parseUrl(start + sentText(rest, (name) => secret(name, host)), shown);
  if (hostOf(url) === host) return { url, host };
  throw new AppError({
    code: 'http_failed',
    message: `A secret inside the URL ${shown.slice(0, 200)} changes the host it names.`,
    details: { retryable: false },
  });
}

/** Adds names and values to a URL's query; what it holds already stays as written. */
export function addQuery(url: URL, pairs: ReadonlyArray<readonly [string, string]>): URL {
  if (pairs.length === 0) return url;
  const added = new URL(url);
  const list = new URLSearchParams();
  for (const [name, value] of pairs) list.append(name, value);
  const more = list.toString();
  added.search = added.search === '' ? more : `${added.search}&${more}`;
  return added;
}
