/**
 * The rounds of loops a run is in, as their steps see them: the item, and what the steps of the same round gave. Read
 * from the store when they are asked for and dropped when they end, so a long loop takes no more room than a short one.
 */
import type { Store } from '../store/open-store.ts';
import type { FrameRow } from '../store/types.ts';
import type { StepOutput } from './scope.ts';
import { createStepSet, type FinishedStep, type StepSet } from './step-set.ts';

/** A round of a loop. */
export interface RunFrame {
  readonly row: FrameRow;
  readonly item: unknown;
  readonly steps: StepSet;
}

export interface RunFrames {
  /** The rounds around a step, the outermost first. */
  around(frameSeq: number | null): readonly RunFrame[];
  add(frameSeq: number, step: FinishedStep): void;
  drop(frameSeq: number): void;
}

/** Rounds kept of one run; others are read again. */
const mostKept = 200;

/** The rounds of a run; nothing is read before it is asked for. */
export function createRunFrames(
  store: Store,
  runId: string,
  valueOf: (step: FinishedStep) => unknown,
): RunFrames {
  const frames = new Map<number, RunFrame>();

  function frameOf(seq: number): RunFrame | undefined {
    const known = frames.get(seq);
    if (known !== undefined) return known;
    const row = store.read.runs.frame(seq);
    if (row === undefined) return undefined;
    const item: unknown = JSON.parse(row.itemJson);
    const steps = createStepSet(() => store.read.runs.finishedSteps(runId, seq), valueOf);
    const frame = { row, item, steps };
    frames.set(seq, frame);
    const [oldest] = frames.keys();
    if (frames.size > mostKept && oldest !== undefined) frames.delete(oldest);
    return frame;
  }

  return {
    around(frameSeq) {
      const chain: RunFrame[] = [];
      for (let seq = frameSeq; seq !== null; ) {
        const frame = frameOf(seq);
        if (frame === undefined) break;
        chain.unshift(frame);
        seq = frame.row.parentSeq;
      }
      return chain;
    },
    add: (frameSeq, step) => frames.get(frameSeq)?.steps.add(step),
    drop: (frameSeq) => void frames.delete(frameSeq),
  };
}

/** What a loop is to the steps inside it (SPEC 7). */
export function loopOutput({ row, item }: RunFrame): StepOutput {
  const { loopNodeId, loopName, index, count } = row;
  return { nodeId: loopNodeId, name: loopName, output: { item, index, count } };
}
