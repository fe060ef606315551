/** Chance that can be repeated: every input of a fuzz run has its own dice, made of the run's seed and its number. */

export interface Dice {
  /** A whole number from 0 up to, not including, `below`. */
  upTo: (below: number) => number;
  /** True once in so many. */
  oneIn: (times: number) => boolean;
  pick: <T>(from: readonly T[]) => T;
  bytes: (count: number) => Buffer;
  /** Letters and digits. */
  word: (length: number) => string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The dice of input `index` of the run with this seed. */
export function diceOf(seed: number, index: number): Dice {
  // Mulberry32 over a mix of both numbers.
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const upTo = (below: number): number => next() % Math.max(1, below);
  return {
    upTo,
    oneIn: (times) => upTo(times) === 0,
    pick: (from) => {
      const found = from[upTo(from.length)];
      if (found === undefined) throw new Error('There is nothing to pick from.');
      return found;
    },
    bytes: (count) => {
      const bytes = Buffer.alloc(count);
      for (let at = 0; at < count; at += 1) bytes[at] = next() & 0xff;
      return bytes;
    },
    word: (length) => {
      let word = '';
      for (let n = 0; n < length; n += 1) word += letters[upTo(36)] ?? 'a';
      return word;
    },
  };
}
