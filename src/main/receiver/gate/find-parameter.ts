/** Where the value of a parameter stands in a request (SPEC 6): in the body by a JSONata path, in the query, in a header. */
import { evaluatePlainPath, parsePlainPath, type PlainPath } from '../../../shared/expression/plain-path.ts';
import type { Parameter } from '../../../shared/model/endpoint.ts';
import type { StyleBehaviour } from '../../styles/style.ts';
import type { Payload } from '../body/read-payload.ts';
import type { RequestHead } from '../head.ts';
import type { Tools } from '../tools.ts';

/** A request as far as its parameters go: one on its way through the stages, or a stored one. */
export interface ParameterSource {
  readonly head: {
    readonly raw: Pick<RequestHead['raw'], 'method'>;
    readonly fields: Pick<RequestHead['fields'], 'get'>;
  };
  readonly query: ReadonlyArray<readonly [string, string]>;
  readonly payload: Pick<Payload, 'value' | 'text' | 'isTyped'> | undefined;
  readonly route: { readonly style: Pick<StyleBehaviour, 'mergesQuery'> } | undefined;
}

/** Plain paths by the parameter they belong to, as long as its configuration lives. */
const plainPaths = new WeakMap<Parameter, PlainPath | 'other'>();

/** Whether a parameter is looked for in the query; where GET and POST are parsed alike, a GET has its fields there. */
function isReadFromQuery(source: ParameterSource, { in: place }: Parameter): boolean {
  if (place === 'query') return true;
  if (place === 'header' || source.head.raw.method !== 'GET') return false;
  return source.route?.style.mergesQuery === true;
}

/** Whether a parameter comes from where there are only texts: there a text that reads as the type is of the type. */
export function isFromTexts(source: ParameterSource, parameter: Parameter): boolean {
  return parameter.in !== 'body' || source.payload?.isTyped === false || isReadFromQuery(source, parameter);
}

/**
 * The value of a parameter; undefined when it is not there. At once for all but expressions.
 * @throws AppError `expression_failed` and the like when a path fails
 */
export function findParameter(
  source: ParameterSource,
  parameter: Parameter,
  tools: Pick<Tools, 'sandbox'>,
): unknown {
  const key = parameter.path ?? parameter.name;
  if (parameter.in === 'header') return source.head.fields.get(key.toLowerCase());
  if (isReadFromQuery(source, parameter)) {
    const values = source.query.filter(([name]) => name === key).map(([, value]) => value);
    if (values.length > 1) return values;
    const isMerged = values.length === 0 && source.route?.style.mergesQuery === true;
    return isMerged ? ownField(source.payload?.value, key) : values[0];
  }
  const payload = source.payload?.value;
  if (parameter.path === undefined) return ownField(payload, parameter.name);
  const plain = plainPathOf(parameter);
  if (plain !== 'other') return evaluatePlainPath(plain, { $: payload });
  // Of a list or a plain value only plain paths are known.
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return undefined;
  return tools.sandbox.evaluate(key, { ...payload });
}

/** A path begins at the payload; `$` is the payload itself. */
function plainPathOf(parameter: Parameter): PlainPath | 'other' {
  const known = plainPaths.get(parameter);
  if (known !== undefined) return known;
  const { path = '' } = parameter;
  const rooted = /^\s*\$\s*(?=$|[.[])/.test(path) ? path.replace('$', () => '`$`') : `\`$\`.${path}`;
  const plain = parsePlainPath(rooted) ?? 'other';
  plainPaths.set(parameter, plain);
  return plain;
}

function ownField(payload: unknown, name: string): unknown {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const field: unknown = Object.getOwnPropertyDescriptor(payload, name)?.value;
  return field;
}
