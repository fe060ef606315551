/**
 * Parameters of an endpoint as JSON schema, and a body that shows them: the fields where their paths lead, the examples the
 * operator gave, else those of the style (SPEC 6).
 */
import { parsePlainPath } from '../../shared/expression/plain-path.ts';
import type { EndpointSettings, Parameter } from '../../shared/model/endpoint.ts';
import { styleOf } from '../styles/registry.ts';
import { fieldsIn, type Json } from './webhook-security.ts';

const types: Readonly<Record<Parameter['type'], Json>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time' },
  object: { type: 'object' },
  array: { type: 'array', items: {} },
};

/** The schema of one parameter. */
function schemaOf({ type, description, example }: Parameter): Json {
  return {
    ...types[type],
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

/** Query and header parameters; a header is named by its path, as a caller writes it. */
export function parametersOf({ parameters = [] }: EndpointSettings): readonly Json[] {
  return parameters.flatMap((parameter): Json[] => {
    if (parameter.in === 'body') return [];
    const { path, name, required, description } = parameter;
    return [
      {
        name: path ?? name,
        in: parameter.in,
        required,
        ...(description === undefined ? {} : { description }),
        schema: schemaOf(parameter),
      },
    ];
  });
}

/** A tree of the fields of a body. */
interface Branch {
  readonly fields: Map<string, Branch>;
  leaf?: Parameter;
  required: boolean;
}

const newBranch = (): Branch => ({ fields: new Map(), required: false });

/** The way to a field; undefined where its path is more than names. */
function wayOf({ name, path }: Parameter): readonly string[] | undefined {
  if (path === undefined) return [name];
  const plain = parsePlainPath(path);
  return plain?.every(({ indexes }) => indexes.length === 0) === true
    ? plain.map((step) => step.name)
    : undefined;
}

function treeOf(parameters: readonly Parameter[]): Branch {
  const root = newBranch();
  for (const parameter of parameters) {
    let branch = root;
    for (const name of wayOf(parameter) ?? []) {
      const next = branch.fields.get(name) ?? newBranch();
      branch.fields.set(name, next);
      next.required ||= parameter.required;
      branch = next;
    }
    if (branch !== root) branch.leaf = parameter;
  }
  return root;
}

/** The schema of a body or of an object in it. */
interface FieldsSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Json;
  readonly required?: readonly string[];
}

function schemaOfBranch({ fields, leaf }: Branch): FieldsSchema {
  const own = leaf === undefined ? { type: 'object' } : schemaOf(leaf);
  if (fields.size === 0) return own;
  const required = [...fields].filter(([, field]) => field.required).map(([name]) => name);
  return {
    ...own,
    properties: Object.fromEntries([...fields].map(([name, field]) => [name, schemaOfBranch(field)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function exampleOfBranch({ fields, leaf }: Branch): unknown {
  if (leaf?.example !== undefined) return leaf.example;
  const entries = [...fields].map(([name, field]) => [name, exampleOfBranch(field)] as const);
  const known = entries.filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Fields of a body with the examples of its parameters, nested as they are in it. */
export function exampleOfFields(parameters: readonly Parameter[]): Readonly<Record<string, unknown>> {
  return fieldsIn(exampleOfBranch(treeOf(parameters)));
}

/** What the style itself asks of a body (`action` and the like), as fields with the values of its sample. */
function ownFields(
  sample: unknown,
  words: readonly string[],
): { properties: Json; required: readonly string[] } {
  const own = Object.entries(fieldsIn(sample)).filter(([name]) => words.includes(name));
  return {
    properties: Object.fromEntries(
      own.map(([name, value]) => [name, { type: typeof value, examples: [value] }]),
    ),
    required: own.map(([name]) => name),
  };
}

/** The request body of an endpoint. */
export function requestBodyOf(settings: EndpointSettings, role: 'start' | 'wait'): Json {
  const style = styleOf(settings.style);
  const fields = (settings.parameters ?? []).filter((parameter) => parameter.in === 'body');
  const tree = treeOf(fields);
  const sample = style.sampleRequest({ role });
  const sampled = parsedOrText(sample.body);
  const own = ownFields(sampled, style.words ?? []);
  const inner = schemaOfBranch(tree);
  const required = [...own.required, ...(inner.required ?? [])];
  const schema = {
    ...inner,
    properties: { ...own.properties, ...inner.properties },
    ...(required.length === 0 ? {} : { required }),
  };
  const shown =
    fields.length === 0
      ? sampled
      : { ...(own.required.length > 0 ? fieldsIn(sampled) : {}), ...fieldsIn(exampleOfBranch(tree)) };
  const outside = fields.filter((field) => wayOf(field) === undefined);
  const also = outside.map(
    ({ name, path, required: isNeeded }) => `\`${path ?? ''}\` (${name}${isNeeded ? ', required' : ''})`,
  );
  const description = also.length === 0 ? {} : { description: `Also read: ${also.join(', ')}.` };
  return {
    ...description,
    required: required.length > 0,
    content: {
      [sample.contentType]: { schema, example: shown },
      ...(style.reading === 'byType'
        ? { 'application/x-www-form-urlencoded': { schema }, '*/*': { schema: {} } }
        : {}),
    },
  };
}

function parsedOrText(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return body;
  }
}
