/**
 * Stage 10, parameters (SPEC 4.10, 6): the fields people expect in a request are looked up, judged and given to the steps as
 * `params`. What is missing is named to the caller; what has the wrong type as well.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Parameter } from '../../../shared/model/endpoint.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { findParameter, isFromTexts } from '../gate/find-parameter.ts';
import { readTyped } from '../gate/typed-value.ts';
import type { Tools } from '../tools.ts';

/** Name under which the whole body is given when `fullBody` is on. */
const fullBodyName = 'fullBody';

/** @throws AppError `missing_parameter`, `invalid_parameter`; expression errors of a path */
export function checkParameters(exchange: Exchange, tools: Tools): void | Promise<void> {
  const { parameters = [], fullBody } = routeOf(exchange).settings;
  if (parameters.length === 0 && fullBody !== true) return undefined;
  const values = parameters.map((parameter) => findParameter(exchange, parameter, tools));
  // Only paths that are more than names and positions take a sandbox, and so time.
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values).then((found) => judge(exchange, parameters, found, fullBody === true))
    : judge(exchange, parameters, values, fullBody === true);
}

function judge(
  exchange: Exchange,
  parameters: readonly Parameter[],
  values: readonly unknown[],
  withBody: boolean,
): void {
  const found: [string, unknown][] = [];
  const missing: string[] = [];
  const wrong: Parameter[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const value = values[index];
    const typed =
      value === undefined || value === null
        ? ({ isBlank: true } as const)
        : readTyped(value, parameter.type, isFromTexts(exchange, parameter));
    if (typed === undefined) wrong.push(parameter);
    else if ('value' in typed) found.push([parameter.name, typed.value]);
    else if (parameter.required) missing.push(parameter.name);
  }
  if (missing.length > 0) {
    throw new AppError({
      code: 'missing_parameter',
      details: { missing },
      reason: `Missing: ${missing.join(', ')}.`,
    });
  }
  if (wrong.length > 0) {
    const list = wrong.map(({ name, type }) => `${name} must be ${type}`).join('; ');
    throw new AppError({ code: 'invalid_parameter', message: `A parameter has the wrong type: ${list}.` });
  }
  // fromEntries defines own properties, whatever their name.
  exchange.params = Object.fromEntries(found);
  exchange.paramsJson = JSON.stringify(exchange.params);
  if (withBody) addFullBody(exchange);
  exchange.note = `${found.length} found.`;
}

/** The whole body as one parameter, its digits as received. */
function addFullBody(exchange: Exchange): void {
  const { value = null, text = 'null' } = exchange.payload ?? {};
  const others = JSON.stringify(exchange.params).slice(0, -1);
  exchange.params = Object.fromEntries([...Object.entries(exchange.params), [fullBodyName, value]]);
  exchange.paramsJson = `${others}${others === '{' ? '' : ','}"${fullBodyName}":${text}}`;
}
