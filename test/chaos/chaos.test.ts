/** The short form of every trial; `npm run chaos -- --long` is the long one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleProgram, type Program } from './program.ts';
import { trials } from './trials.ts';

let program: Program;
beforeAll(async () => {
  program = await bundleProgram();
});
afterAll(() => program[Symbol.dispose]());

for (const { title, run, whyNot } of trials) {
  test(title, { timeout: 300_000 }, async ({ skip }) => {
    const reason = whyNot?.();
    if (reason !== undefined) skip(reason);
    const { faults } = await run({ isLong: false, program, say: () => undefined });
    expect(faults).toEqual([]);
  });
}
