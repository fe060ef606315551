/**
 * Finds the newest rows that fit all filters. In each round every source is asked for its next candidates, and those of
 * the one that reaches furthest back are looked at: so it is always the rarest filter that leads, whichever that is. The
 * walk stops now and then, so that whoever drives it can let others have their turn.
 */
import { setImmediate } from 'node:timers/promises';
import type { Source } from './sources.ts';

/** Candidates of the first round, and at most. */
const fewest = 16;
const most = 1_024;
/** Candidates looked at for one page unless told: past this many that do not fit, the page is cut short. */
const usualPatience = 200_000;
/** How long a walk may keep the thread that answers callers, in ms. */
const turnMs = 5;

/** What was found: sequence numbers, newest first, and below which one to go on; null at the end. */
export interface Found {
  readonly seqs: readonly number[];
  readonly nextBelow: number | null;
}

export interface Journey {
  /** At least one; a row that fits is named by all of them. */
  readonly sources: readonly Source[];
  /** Those of the candidates that fit, newest first; yields between pieces of its work. */
  readonly fitting: (candidates: readonly number[]) => Generator<void, readonly number[]>;
  readonly first: number;
  readonly below: number;
  readonly limit: number;
  /** Candidates looked at for one page before it is cut short. */
  readonly patience?: number;
}

export type Walk = Generator<void, Found>;

/** Walks back; yields whenever it has worked for a while. */
export function* walkBack(journey: Journey): Walk {
  const { sources, fitting, first, below, limit, patience = usualPatience } = journey;
  const found: number[] = [];
  let lookedAt = 0;
  let at = below;
  for (let size = Math.max(fewest, limit + 1); at > first; size = Math.min(size * 2, most)) {
    const reaches = sources.map((source) => source(first, at, size));
    const [furthest = { seqs: [], from: first }] = reaches.toSorted((one, other) => one.from - other.from);
    found.push(...(yield* fitting(furthest.seqs)));
    if (found.length > limit) {
      const seqs = found.slice(0, limit);
      return { seqs, nextBelow: seqs.at(-1) ?? null };
    }
    at = furthest.from;
    lookedAt += furthest.seqs.length;
    if (lookedAt >= patience && at > first) return { seqs: found, nextBelow: at };
    yield;
  }
  return { seqs: found, nextBelow: null };
}

/** Walks to the end at once. */
export function walkNow<Result>(walk: Generator<void, Result>): Result {
  for (;;) {
    const step = walk.next();
    if (step.done === true) return step.value;
  }
}

/** Walks to the end with pauses, in which callers are answered. */
export async function walkInTurns<Result>(walk: Generator<void, Result>): Promise<Result> {
  for (let pausedAt = performance.now(); ; ) {
    const step = walk.next();
    if (step.done === true) return step.value;
    if (performance.now() - pausedAt < turnMs) continue;
    await setImmediate();
    pausedAt = performance.now();
  }
}
