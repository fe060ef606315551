/**
 * Stage 10, parameters (SPEC 4.10, 6): the fields people expect in a request are looked up, judged and given to the steps as
 * `params`. What is missing is named to the caller; what has the wrong type as well.
 */
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { type FoundParameters, readParameters } from '../gate/read-parameters.ts';
import type { Tools } from '../tools.ts';

/** @throws AppError `missing_parameter`, `invalid_parameter`; expression errors of a path */
export function checkParameters(exchange: Exchange, tools: Tools): void | Promise<void> {
  const { parameters = [], fullBody = false } = routeOf(exchange).settings;
  if (parameters.length === 0 && !fullBody) return undefined;
  const found = readParameters(exchange, { parameters, fullBody }, tools);
  return found instanceof Promise ? found.then((one) => keep(exchange, one)) : keep(exchange, found);
}

function keep(exchange: Exchange, { params, paramsJson, count }: FoundParameters): void {
  exchange.params = params;
  exchange.paramsJson = paramsJson;
  exchange.note = `${count} found.`;
}
