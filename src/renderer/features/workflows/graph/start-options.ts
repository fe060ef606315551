/** How a workflow may start, as *Add workflow* offers it: the kinds of the catalog that can begin one. */
import { defaultsOf } from '../../../../shared/fields.ts';
import type { Catalog, StepDefinition } from '../../../../shared/model/catalog.ts';
import type { WorkflowDocumentInput } from '../../../../shared/model/document.ts';
import type { Style } from '../../../../shared/model/endpoint.ts';
import { freeNodeId } from './naming.ts';

const labels: Readonly<Record<string, string>> = {
  webhook: 'Via Webhook',
  manual: 'Manual',
  api: 'Via API',
  schedule: 'Schedule',
};

/** The style a new webhook begins with; its form shows the others. */
export const firstStyle: Style = 'validmind';

export interface StartOption {
  readonly kind: string;
  readonly label: string;
  readonly definition: StepDefinition;
}

/** The start options of this install, in the catalog's order. */
export function startOptions(catalog: Catalog): readonly StartOption[] {
  return catalog.steps
    .filter((definition) => definition.start !== 'never')
    .map((definition) => ({
      kind: definition.kind,
      label: labels[definition.kind] ?? definition.title,
      definition,
    }));
}

/** The label of a kind of start, e.g. `Via Webhook`. */
export function startLabel(kind: string): string {
  return labels[kind] ?? kind;
}

/** What a step of a kind begins with; a webhook has the auth its style begins with. */
export function firstConfig(
  definition: StepDefinition,
  catalog: Catalog,
  style: Style = firstStyle,
): Record<string, unknown> {
  const defaults = defaultsOf(definition.fields);
  if (definition.kind !== 'webhook') return defaults;
  const auth = catalog.styles.find((entry) => entry.style === style)?.defaultAuth;
  return { ...defaults, style, ...(auth === undefined ? {} : { auth }) };
}

/** A new workflow that holds its start and nothing else. */
export function newDocument(
  name: string,
  option: StartOption,
  catalog: Catalog,
  style?: Style,
): WorkflowDocumentInput {
  const { definition } = option;
  const node = {
    id: freeNodeId(definition.kind, new Set()),
    type: definition.kind,
    name: definition.title,
    position: { x: 0, y: 0 },
    config: firstConfig(definition, catalog, style),
  };
  return { name, nodes: [node], edges: [] };
}
