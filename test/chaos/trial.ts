/** What every way of trying the promises is given, and what it answers. */
import type { Program } from './program.ts';

export interface TrialSettings {
  /** The short form belongs to every test run, the long one is asked for. */
  readonly isLong: boolean;
  /** The bundle with the named points. */
  readonly program: Program;
  /** Gets a line now and then. */
  readonly say: (line: string) => void;
}

export interface TrialReport {
  /** What was done, in one line of figures. */
  readonly figures: string;
  /** One sentence for each broken promise, or for what makes the trial void. */
  readonly faults: readonly string[];
}

/** A whole number from `least` to `most`. */
export function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}

/** Works off a list, so many at once. */
export async function inLanes<Item>(
  items: Iterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
