/**
 * Ids and names for new steps. Ids stand in expressions (`steps.http2.output`), so they read well and need no quoting;
 * a webhook's id also tells its URL apart from that of a step deleted before, so it carries chance.
 */
import type { StepDefinition } from '../../../../shared/model/catalog.ts';
import type { WorkflowNode } from '../../../../shared/model/document.ts';

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Some letters by chance; `random` gives numbers in [0, 1). */
export function chanceLetters(count: number, random: () => number = Math.random): string {
  return Array.from({ length: count }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 'a').join(
    '',
  );
}

/** The first of `base`, `base2`, `base3` … that is not taken. */
export function freeName(base: string, taken: ReadonlySet<string>, joint = ''): string {
  if (!taken.has(base)) return base;
  let count = 2;
  while (taken.has(`${base}${joint}${count}`)) count += 1;
  return `${base}${joint}${count}`;
}

/** An id for a new step of this kind, free in the graph and fit for expressions. */
export function freeNodeId(kind: string, taken: ReadonlySet<string>, random?: () => number): string {
  const base = kind.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 30) || 'step';
  return freeName(kind === 'webhook' ? `${base}_${chanceLetters(6, random)}` : base, taken);
}

/** A new step of a kind, named after it, with the settings the kind begins with. */
export function makeStep(
  definition: StepDefinition,
  config: Readonly<Record<string, unknown>>,
  nodes: readonly WorkflowNode[],
  position: { readonly x: number; readonly y: number },
): WorkflowNode {
  return {
    id: freeNodeId(definition.kind, new Set(nodes.map((node) => node.id))),
    type: definition.kind,
    name: freeName(definition.title, new Set(nodes.map((node) => node.name)), ' '),
    position: { x: position.x, y: position.y },
    config: { ...config },
  };
}
