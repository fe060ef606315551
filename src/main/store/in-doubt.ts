/** Runs of which nobody knows whether one of their steps happened outside: marked, so that people find them. */
import type { StepSettlement } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** Marks a run whose step ended such a try (RELIABILITY P4). */
export function noteDoubt({ sql }: WriteContext, runSeq: number, outcome: StepSettlement['outcome']): void {
  const error = outcome.kind === 'failed' || outcome.kind === 'retry' ? outcome.error : undefined;
  if (error?.details?.['inDoubt'] !== true) return;
  sql.run('UPDATE runs SET in_doubt = 1 WHERE seq = ?', runSeq);
}
