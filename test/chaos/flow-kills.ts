/**
 * Workflows of five steps under kill -9 (RELIABILITY G2, G3): calls to a server that keeps a ledger, code, a branch and a
 * wait that is answered while hosts are killed. One flow repeats what was cut off, the other must not.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { openFlowHost } from './flow-host.ts';
import { fiveSteps, inTheStore } from './flow/workflow.ts';
import { between, type TrialReport, type TrialSettings } from './trial.ts';

/** A trial with fewer promises than this for each kill has shown nothing (RELIABILITY G5). */
const leastPromises = 200;

export interface FlowKillsOptions extends Pick<TrialSettings, 'program' | 'say'> {
  readonly kills: number;
}

/** Kills, and looks everything up. */
export async function runFlowKills({ kills, program, say }: FlowKillsOptions): Promise<TrialReport> {
  await using flows = await openFlowHost(program, [
    fiveSteps({ slug: 'repeats' }),
    fiveSteps({ slug: 'never-repeats', atMostOnce: true }),
    inTheStore('in-the-store'),
  ]);
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = flows.promised();
    const host = await flows.start();
    const load = flows.load(host, 8, 10);
    const killAt = Date.now() + between(100, 600);
    while (flows.promised() - before < leastPromises + 10 || Date.now() < killAt) await pause(5);
    await host.kill9();
    await load.stop();
    if (kill % 10 === 0) say(`${kill} of ${kills} kills`);
  }
  const { faults, ...sums } = await flows.finish(kills);
  const figures =
    `${kills} kills, ${sums.promised} promised, ${sums.runs} runs ended, ${sums.sends} calls, ${sums.inDoubt} in doubt, ` +
    `${flows.resumer.taken.size} resumed at once, ${flows.resumer.held} held for the wait, ${sums.cutOff} cut off, ` +
    `${sums.recovered} recovered from a lost answer`;
  return {
    figures,
    faults: [
      ...faults,
      ...(sums.promised < kills * leastPromises ? [`void: only ${sums.promised} promises`] : []),
      ...(sums.cutOff * 3 < kills ? [`void: only ${sums.cutOff} connections were cut off`] : []),
      ...(sums.inDoubt === 0 ? ['void: no call was in doubt'] : []),
    ],
  };
}
