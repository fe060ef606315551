/** The short form of the fuzzer without sockets; `npm run chaos -- --fuzz --inside` is the long one. */
import { expect, test } from 'vitest';
import { makeTempDir } from '../support/temp-dir.ts';
import { runInside } from './fuzz/run-inside.ts';

test('leads whatever comes through every stage, with no 500 of its own, nothing slow and nothing forged accepted', async () => {
  using folder = makeTempDir();
  const report = await runInside({ folder: folder.path, inputs: 20_000, seconds: 5, seed: 20_260_323 });
  expect(report.findings).toEqual([]);
  expect(report.crashes).toBe(0);
  // Every style, scheme and sender took its genuine request, and the changed ones were refused for many reasons.
  expect(report.subjects.length).toBeGreaterThan(40);
  expect(report.inputs).toBeGreaterThan(1_000);
  expect(report.accepted).toBeGreaterThan(200);
  expect(report.codes.size).toBeGreaterThan(12);
}, 60_000);
