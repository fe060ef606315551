/** The example body a webhook understands, for people to copy and for the test request. */
import type { Parameter, Style } from '../../../../shared/model/endpoint.ts';

export interface PayloadFacts {
  readonly style: Style;
  /** Whether edges lead to the step: then a request resumes a run, else it starts one. */
  readonly isWait: boolean;
  /** The record chosen in *select target model for payload*. */
  readonly target: string | null;
  readonly parameters: readonly Parameter[];
}

/** The payload as text, indented as people paste it. */
export function writePayload({ style, isWait, target, parameters }: PayloadFacts): string {
  if (style === 'validmind') {
    return write({
      action: isWait ? 'run_step' : 'run_workflow',
      target: target ?? '<target_cuid>',
      entity_name: 'InventoryModel',
      ...bodyOf(parameters),
    });
  }
  const body = bodyOf(parameters);
  return write(Object.keys(body).length === 0 ? { event: 'order_created', order_id: '12345' } : body);
}

function write(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** An object with every body parameter at the place of its path, as far as that is a plain one. */
function bodyOf(parameters: readonly Parameter[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const parameter of parameters) {
    if (parameter.in !== 'body') continue;
    const path = (parameter.path ?? parameter.name).split('.');
    if (!path.every((key) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && key !== '__proto__')) continue;
    put(body, path, exampleOf(parameter));
  }
  return body;
}

function put(holder: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    holder[key] = value;
    return;
  }
  const inner = Object.hasOwn(holder, key) ? holder[key] : undefined;
  const next: Record<string, unknown> =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
  put(next, rest, value);
  holder[key] = next;
}

function exampleOf({ example, type }: Parameter): unknown {
  if (example !== undefined) return example;
  return { string: 'text', number: 1, boolean: true, date: '2026-03-23', object: {}, array: [] }[type];
}
