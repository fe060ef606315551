/**
 * Stage 8, authentication (SPEC 4.8): the endpoint's scheme judges the bytes as received. The caller learns that it was
 * refused and nothing else; the inspector learns why.
 */
import { AppError } from '../../../shared/errors.ts';
import { bodyFieldsOf } from '../body/body-fields.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { Tools } from '../tools.ts';
import { failureKey } from './check-pace.ts';

/** @throws AppError `unauthorized`, `endpoint_misconfigured` */
export function verify(exchange: Exchange, tools: Tools): void {
  const route = routeOf(exchange);
  const { scheme, settings } = route.auth;
  const { publicUrl } = tools.settings();
  const { repeat } = exchange;
  const now = tools.clock.now();
  const verdict = scheme.verify({
    raw: exchange.raw,
    decodedBody: exchange.decoded,
    query: exchange.query,
    now: repeat?.mark.freshAt ?? now,
    settings,
    secrets: route.secretsAt(now),
    bodyFields: () => bodyFieldsOf(exchange.decoded, exchange.head.fields.get('content-type')),
    ...(publicUrl === null ? {} : { publicUrl }),
  });
  if (!verdict.ok) {
    if (repeat === undefined) tools.failures.add(failureKey(exchange), now);
    throw new AppError({ code: 'unauthorized', reason: verdict.reason, details: { fault: verdict.code } });
  }
  if (verdict.secretIndex > 0) {
    exchange.note = `${scheme.definition.title}: genuine, with the previous secret.`;
    for (const { name, kind } of scheme.definition.fields) {
      if (kind !== 'secret') continue;
      tools.store.writeLazy('noteSecretUse', { endpointId: route.endpoint.id, field: name, at: now });
    }
    return;
  }
  exchange.note =
    scheme.definition.scheme === 'none' ? 'Anyone may call.' : `${scheme.definition.title}: genuine.`;
}
