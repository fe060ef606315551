/** SIGTERM under load (RELIABILITY H4): what is in flight is answered, the log is emptied, the code is 0, nothing is lost. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openFlowHost } from './flow-host.ts';
import { fiveSteps } from './flow/workflow.ts';
import { between, type TrialReport, type TrialSettings } from './trial.ts';

/** Answering in flight takes 10 s at most; the rest is for the log. */
const longestMs = 12_000;

/** Stops hosts so often. */
export async function runOrderly(
  times: number,
  { program, say }: Pick<TrialSettings, 'program' | 'say'>,
): Promise<TrialReport> {
  await using flows = await openFlowHost(program, [fiveSteps({ slug: 'ends', pauseSeconds: 0.2 })]);
  const faults: string[] = [];
  let slowestMs = 0;
  for (let time = 1; time <= times; time += 1) {
    const host = await flows.start();
    const load = flows.load(host, 32, 0);
    await pause(between(200, 600));
    const askedAt = performance.now();
    const code = await host.stop();
    slowestMs = Math.max(slowestMs, performance.now() - askedAt);
    await load.stop();
    if (code !== 0) faults.push(`stop ${time} ended with ${String(code)}`);
    if (existsSync(join(host.ready.dataDir, 'hookyard.db-wal'))) faults.push(`stop ${time} left its log`);
    say(`stopped ${time} of ${times} times`);
  }
  if (slowestMs > longestMs) faults.push(`the slowest stop took ${Math.round(slowestMs)} ms`);
  const { faults: broken, ...sums } = await flows.finish(0);
  // Runs under way are left to the next start; a call of theirs was settled or is done again.
  return {
    figures: `${times} stops, the slowest in ${Math.round(slowestMs)} ms, ${sums.promised} promised, ${sums.runs} runs ended`,
    faults: [...faults, ...broken],
  };
}
