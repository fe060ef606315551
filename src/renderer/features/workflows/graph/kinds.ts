/** What the editor asks about step kinds, answered from the catalog; a kind the catalog does not know has one outlet. */
import {
  type Catalog,
  ordinaryPort,
  portsOf,
  type StepDefinition,
} from '../../../../shared/model/catalog.ts';
import type { WorkflowNode } from '../../../../shared/model/document.ts';
import { cardHeight } from './measures.ts';
import type { Joints } from './placement.ts';

export interface Kinds {
  readonly catalog: Catalog;
  /** The definition of a kind; undefined when this install does not know it. */
  definitionOf(kind: string): StepDefinition | undefined;
  portsOf(node: WorkflowNode): readonly string[];
  jointsOf(node: WorkflowNode): Joints;
  /** Height of the node's card, in flow units. */
  heightOf(node: WorkflowNode): number;
}

/** Makes the catalog quick to ask. */
export function indexKinds(catalog: Catalog): Kinds {
  const definitions = new Map(catalog.steps.map((definition) => [definition.kind, definition]));
  const ports = (node: WorkflowNode): readonly string[] => {
    const definition = definitions.get(node.type);
    return definition === undefined ? [ordinaryPort] : portsOf(definition, node.config);
  };
  return {
    catalog,
    definitionOf: (kind) => definitions.get(kind),
    portsOf: ports,
    jointsOf: (node) => ({
      ports: ports(node),
      canHaveIncoming: definitions.get(node.type)?.start !== 'only',
    }),
    heightOf: (node) => cardHeight(countNamed(ports(node))),
  };
}

/** How many ports are listed on a card: none when the ordinary outlet is the only one. */
export function countNamed(ports: readonly string[]): number {
  return ports.length === 1 && ports[0] === ordinaryPort ? 0 : ports.length;
}
