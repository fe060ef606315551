/**
 * Examples of an endpoint's parameters, put where a call carries them (SPEC 6): fields of the body, pairs of the query,
 * headers. Made of the sample people gave, so a call that is shown for copying passes the endpoint's own checks.
 */
import type { Parameter } from '../../shared/model/endpoint.ts';
import { exampleOfFields } from './webhook-schemas.ts';

export interface ExampleFields {
  /** By name, nested as in the body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
}

/** What HTTP can carry in a header. */
const headerValue = /^[\x20-\x7e]{1,1000}$/;

/** The examples among parameters; those without one are left out. */
export function exampleFields(parameters: readonly Parameter[]): ExampleFields {
  const texts = (place: Parameter['in']): readonly (readonly [string, string])[] =>
    parameters.flatMap(({ in: where, path, name, example }) =>
      where === place ? textsOf(example).map((text) => [path ?? name, text] as const) : [],
    );
  return {
    body: exampleOfFields(parameters.filter((parameter) => parameter.in === 'body')),
    query: texts('query'),
    headers: Object.fromEntries(texts('header').filter(([, value]) => headerValue.test(value))),
  };
}

/** An example as it stands where there are only texts; several for a list. */
function textsOf(example: unknown): readonly string[] {
  if (example === undefined || example === null) return [];
  const list: readonly unknown[] = Array.isArray(example) ? example : [example];
  return list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}
