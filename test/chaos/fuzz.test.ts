/** The short form of the fuzzer, from the sources; `npm run chaos -- --fuzz --inputs 10000000` is the long one. */
import { expect, test } from 'vitest';
import { startHost } from '../support/host.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { runFuzz } from './fuzz/run-fuzz.ts';

test('answers whatever is sent, with no 500 of its own, nothing slow, nothing forged accepted, and no crash', async () => {
  using folder = makeTempDir();
  const host = await startHost({ folder: folder.path, options: ['--no-admin'] });
  const fuzzing = runFuzz({ host, inputs: 20_000, seconds: 20, seed: 20_260_323 });
  await Promise.allSettled([fuzzing]);
  await host.stop();
  const report = await fuzzing;
  expect(report.findings).toEqual([]);
  expect(report.crashes).toBe(0);
  expect(host.log()).not.toMatch(/"level":(?:50|60|"error"|"fatal")/);
  // A run that is turned away at the door has shown nothing.
  expect(report.inputs).toBeGreaterThan(1_000);
  expect(report.accepted).toBeGreaterThan(200);
  expect(report.codes.size).toBeGreaterThan(12);
}, 90_000);
