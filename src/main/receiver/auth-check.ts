/**
 * A request as its endpoint's authentication sees it. Handshake, verification and the search for the delivery's id look at
 * the same facts; what has to be parsed for them is parsed once, and only when asked for.
 */
import type { AuthCheck } from '../auth/scheme.ts';
import { bodyFieldsOf, bodyJsonOf } from './body/body-fields.ts';
import { type Exchange, routeOf } from './exchange.ts';
import type { Tools } from './tools.ts';

const known = new WeakMap<Exchange, AuthCheck>();

/** The facts of an exchange whose body was read. @throws AppError `endpoint_misconfigured` when a secret can not be opened */
export function authCheckOf(exchange: Exchange, tools: Tools): AuthCheck {
  const before = known.get(exchange);
  if (before !== undefined) return before;
  const { decoded, head, repeat } = exchange;
  const route = routeOf(exchange);
  const { publicUrl } = tools.settings();
  const now = tools.clock.now();
  const type = head.fields.get('content-type');
  let json: { readonly value: unknown } | undefined;
  const check: AuthCheck = {
    raw: exchange.raw,
    decodedBody: decoded,
    query: exchange.query,
    now: repeat?.mark.freshAt ?? now,
    settings: route.auth.settings,
    secrets: route.secretsAt(now),
    bodyFields: () => bodyFieldsOf(decoded, type),
    bodyJson() {
      json ??= { value: bodyJsonOf(decoded) };
      return json.value;
    },
    fetchCertificate: (url, hosts) => tools.outside.certificate(url, hosts),
    ...(publicUrl === null ? {} : { publicUrl }),
  };
  known.set(exchange, check);
  return check;
}
