/**
 * Stage 2, routing (SPEC 4.2): an unknown path, a deactivated endpoint and a workflow that is not live are answered alike,
 * whatever the key; only the inspector tells them apart.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Closed } from '../routes/route.ts';
import type { Tools } from '../tools.ts';
import { maySample } from '../gate/may-sample.ts';

const reasons: Readonly<Record<Closed, string>> = {
  deactivated: 'The endpoint is deactivated.',
  not_live: 'No live workflow listens at this endpoint.',
};

/** @throws AppError `not_found` */
export function findRoute(exchange: Exchange, tools: Tools): void {
  const { route } = exchange;
  if (route === undefined) throw new AppError({ code: 'not_found' });
  exchange.note = `${route.endpoint.name}.`;
  if (route.closed === undefined || maySample(exchange, tools)) return;
  exchange.reason = route.closed;
  throw new AppError({ code: 'not_found', reason: reasons[route.closed] });
}
