/**
 * Stage 10, parameters (SPEC 4.10, 6): the fields people expect in a request are looked up, judged and given to the steps as
 * `params`. What is missing is named to the caller; what has the wrong type as well.
 */
import { AppError } from '../../../shared/errors.ts';
import { evaluatePlainPath, parsePlainPath } from '../../../shared/expression/plain-path.ts';
import type { Parameter } from '../../../shared/model/endpoint.ts';
import type { Payload } from '../body/read-payload.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { readTyped } from '../gate/typed-value.ts';
import type { Tools } from '../tools.ts';

/** Name under which the whole body is given when `fullBody` is on. */
const fullBodyName = 'fullBody';

/** @throws AppError `missing_parameter`, `invalid_parameter`; expression errors of a path */
export function checkParameters(exchange: Exchange, tools: Tools): void | Promise<void> {
  const { parameters = [], fullBody } = routeOf(exchange).settings;
  if (parameters.length === 0 && fullBody !== true) return undefined;
  return collect(exchange, parameters, fullBody === true, tools);
}

async function collect(
  exchange: Exchange,
  parameters: readonly Parameter[],
  withBody: boolean,
  tools: Tools,
): Promise<void> {
  const found: [string, unknown][] = [];
  const missing: string[] = [];
  const wrong: Parameter[] = [];
  for (const parameter of parameters) {
    const value = await find(exchange, parameter, tools);
    if (value === undefined || value === null) {
      if (parameter.required) missing.push(parameter.name);
      continue;
    }
    // Queries, headers and forms carry texts only: there a text that reads as the type is of the type.
    const isText = parameter.in !== 'body' || exchange.payload?.isTyped === false;
    const typed = readTyped(value, parameter.type, isText);
    if (typed === undefined) wrong.push(parameter);
    else found.push([parameter.name, typed.value]);
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
  if (withBody) found.push([fullBodyName, exchange.payload?.value ?? null]);
  // fromEntries defines own properties, whatever their name.
  exchange.params = Object.fromEntries(found);
  exchange.paramsJson = JSON.stringify(exchange.params);
  exchange.note = `${found.length} found.`;
}

async function find(exchange: Exchange, parameter: Parameter, tools: Tools): Promise<unknown> {
  const { name, path } = parameter;
  if (parameter.in === 'header') return exchange.head.fields.get((path ?? name).toLowerCase());
  if (parameter.in === 'query') {
    const values = exchange.query.filter(([key]) => key === (path ?? name)).map(([, value]) => value);
    return values.length > 1 ? values : values[0];
  }
  return path === undefined ? ownField(exchange.payload, name) : findByPath(exchange.payload, path, tools);
}

function ownField(payload: Payload | undefined, name: string): unknown {
  const value = payload?.value;
  if (typeof value !== 'object' || value === null) return undefined;
  const field: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return field;
}

/** The path starts at the payload itself; of a list or a plain value only plain paths are known. */
async function findByPath(payload: Payload | undefined, path: string, { sandbox }: Tools): Promise<unknown> {
  const value = payload?.value;
  const plain = parsePlainPath(path);
  if (plain !== undefined) return evaluatePlainPath(plain, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return sandbox.evaluate(path, { ...value });
}
