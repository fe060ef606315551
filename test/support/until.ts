/** Waiting without sleeping: asks again and again until the answer is there, with a deadline and a reason. */

export interface UntilOptions {
  /** How long to go on asking; 10 s unless told. */
  deadlineMs?: number;
  /** Pause between two questions; 20 ms unless told. */
  everyMs?: number;
}

/**
 * Resolves to the first answer that is neither undefined nor false. Throws when the deadline passes, naming what
 * was waited for; an exception of the question itself passes through.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { deadlineMs = 10_000, everyMs = 20 }: UntilOptions = {},
): Promise<T> {
  const deadlineAt = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadlineAt) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
