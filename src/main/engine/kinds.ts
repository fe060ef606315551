/** Step kinds by name: the registry of steps made searchable once. */
import { indexSteps, stepRegistry } from '../steps/registry.ts';
import type { StepKind } from '../steps/step.ts';

const kinds = indexSteps(stepRegistry);

/** The kind of a node's type; undefined for types the product does not know. */
export function findStep(type: string): StepKind | undefined {
  return kinds.get(type);
}
