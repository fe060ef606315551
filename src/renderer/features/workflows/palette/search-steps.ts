/** Finding a kind of step by words: those whose title begins with them come first, then titles, then descriptions. */
import type { StepDefinition } from '../../../../shared/model/catalog.ts';

/** The kinds that fit a query, best first; all of them, in their own order, for an empty one. */
export function searchSteps(steps: readonly StepDefinition[], query: string): readonly StepDefinition[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return steps;
  return steps
    .map((definition) => ({ definition, rank: rankOf(definition, words) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((left, right) => right.rank - left.rank)
    .map(({ definition }) => definition);
}

function rankOf(definition: StepDefinition, words: readonly string[]): number {
  const title = definition.title.toLowerCase();
  const all = `${title} ${definition.kind} ${definition.group} ${definition.description}`.toLowerCase();
  if (!words.every((word) => all.includes(word))) return 0;
  const [first = ''] = words;
  if (title.startsWith(first)) return 3;
  return title.includes(first) || definition.kind.includes(first) ? 2 : 1;
}
