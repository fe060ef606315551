/**
 * The parameters of a request: looked up, judged by their types, and written as the JSON a run keeps (SPEC 4.10, 6). For
 * requests on their way in, and for stored ones whose run is tried again.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Parameter } from '../../../shared/model/endpoint.ts';
import type { Tools } from '../tools.ts';
import { findParameter, isFromTexts, type ParameterSource } from './find-parameter.ts';
import { readTyped } from './typed-value.ts';

export interface ParameterRules {
  readonly parameters: readonly Parameter[];
  /** Whether the whole body is a parameter as well. */
  readonly fullBody: boolean;
}

export interface FoundParameters {
  readonly params: Readonly<Record<string, unknown>>;
  /** JSON text of `params`, digits of the body as received. */
  readonly paramsJson: string;
  /** How many were found, the whole body not counted. */
  readonly count: number;
}

/** Name under which the whole body is given when `fullBody` is on. */
const fullBodyName = 'fullBody';

/**
 * Reads the parameters of a request; at once unless a path is an expression.
 * @throws AppError `missing_parameter`, `invalid_parameter`; expression errors of a path
 */
export function readParameters(
  source: ParameterSource,
  rules: ParameterRules,
  tools: Pick<Tools, 'sandbox'>,
): FoundParameters | Promise<FoundParameters> {
  const values = rules.parameters.map((parameter) => findParameter(source, parameter, tools));
  // Only paths that are more than names and positions take a sandbox, and so time.
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values).then((found) => judge(source, rules, found))
    : judge(source, rules, values);
}

function judge(
  source: ParameterSource,
  { parameters, fullBody }: ParameterRules,
  values: readonly unknown[],
): FoundParameters {
  const found: [string, unknown][] = [];
  const missing: string[] = [];
  const wrong: Parameter[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const value = values[index];
    const typed =
      value === undefined || value === null
        ? ({ isBlank: true } as const)
        : readTyped(value, parameter.type, isFromTexts(source, parameter));
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
  const params = Object.fromEntries(found);
  const paramsJson = JSON.stringify(params);
  const count = found.length;
  return fullBody ? { ...withFullBody(source, params, paramsJson), count } : { params, paramsJson, count };
}

/** The whole body as one parameter, its digits as received. */
function withFullBody(
  { payload }: ParameterSource,
  params: Readonly<Record<string, unknown>>,
  paramsJson: string,
): Pick<FoundParameters, 'params' | 'paramsJson'> {
  const { value = null, text = 'null' } = payload ?? {};
  const others = paramsJson.slice(0, -1);
  return {
    params: Object.fromEntries([...Object.entries(params), [fullBodyName, value]]),
    paramsJson: `${others}${others === '{' ? '' : ','}"${fullBodyName}":${text}}`,
  };
}
