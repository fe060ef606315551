/** What the rounds of a loop came to: its output (SPEC 8, loop). */
import { AppError } from '../../shared/errors.ts';
import type { LoopRounds } from '../steps/step.ts';
import type { RoundRow } from '../store/frames-read.ts';
import type { Store } from '../store/open-store.ts';
import { longestOutput } from './encode.ts';

/**
 * Gathers the outputs the rounds ended with; a round that failed, or gave nothing, has null.
 * @throws AppError `output_too_large`, before any of them is read
 */
export function readRounds(
  store: Store,
  loopStepSeq: number,
  outputOf: (round: RoundRow) => unknown,
): LoopRounds {
  if (store.read.runs.roundsLength(loopStepSeq) > longestOutput) {
    throw new AppError({ code: 'output_too_large' });
  }
  const rounds = store.read.runs.rounds(loopStepSeq);
  const failed = rounds.filter((round) => round.status === 'failed');
  return {
    count: rounds.length,
    failed: failed.length,
    results: rounds.map((round) => (round.status === 'succeeded' ? (outputOf(round) ?? null) : null)),
    firstError: failed[0]?.error ?? undefined,
  };
}
