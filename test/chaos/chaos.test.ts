/** The short form of the kill test, from the sources; `npm run chaos` is the long one, on the build. */
import { expect, test } from 'vitest';
import { makeTempDir } from '../support/temp-dir.ts';
import { runChaos } from './run-chaos.ts';

test('keeps every 2xx it gave through kill -9 under load: stored once, byte for byte, run finished', async () => {
  using folder = makeTempDir();
  const report = await runChaos({ rounds: 3, folder: folder.path, program: 'sources' });
  expect(report.faults).toEqual([]);
  expect(report.promised).toBeGreaterThanOrEqual(600);
  expect(report.finished).toBe(report.stored);
}, 180_000);
