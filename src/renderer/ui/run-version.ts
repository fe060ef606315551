/** Which document a run executes, in a word or two: a version, the draft of a test, a version under test. */
import type { RunSummary } from '../../shared/contract/views.ts';

/** E.g. "v3", "draft, test", "v3, test". */
export function sayVersion({ version, test }: Pick<RunSummary, 'version' | 'test'>): string {
  const name = version === 0 ? 'draft' : `v${version}`;
  return test === null ? name : `${name}, test`;
}
