/**
 * A host that is stopped like a machine that sleeps, and goes on (RELIABILITY G6): calls in the air have been answered
 * meanwhile, waits, pauses and time-outs have all run out, and the requests that were to resume them are at the door.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { openFlowHost } from './flow-host.ts';
import { fiveSteps, waitInVain } from './flow/workflow.ts';
import type { TrialReport, TrialSettings } from './trial.ts';

const loadMs = 1_200;

/** Stops it so often for so long. */
export async function runPaused(
  { times, stoppedMs }: { readonly times: number; readonly stoppedMs: number },
  { program, say }: Pick<TrialSettings, 'program' | 'say'>,
): Promise<TrialReport> {
  await using flows = await openFlowHost(
    program,
    [
      fiveSteps({ slug: 'sleeps', pauseSeconds: 0.5, timeoutSeconds: 1 }),
      fiveSteps({ slug: 'sleeps-once', atMostOnce: true, timeoutSeconds: 1 }),
      waitInVain('in-vain', 1),
    ],
    { lanes: 64, restMs: 1_500 },
  );
  const host = await flows.start();
  for (let time = 1; time <= times; time += 1) {
    const load = flows.load(host, 4, 10);
    await pause(loadMs);
    process.kill(host.pid, 'SIGSTOP');
    await pause(stoppedMs);
    process.kill(host.pid, 'SIGCONT');
    await pause(loadMs);
    await load.stop();
    say(`stopped ${time} of ${times} times`);
  }
  const isUp = await fetch(`${host.receiver}/nothing`).then(({ status }) => status === 404);
  await host.stop();
  const { faults, ...sums } = await flows.finish(0);
  const figures =
    `${times} × ${stoppedMs / 1_000} s stopped, ${sums.promised} promised, ${sums.runs} runs ended, ${sums.sends} calls, ` +
    `${flows.resumer.taken.size} resumed`;
  return {
    figures,
    faults: [
      ...faults,
      ...(isUp ? [] : ['the host did not answer after it went on']),
      ...(sums.cutOff === 0 ? [] : [`${sums.cutOff} connections were cut off`]),
      ...(flows.resumer.taken.size === 0 ? ['void: no wait was resumed'] : []),
    ],
  };
}
