/**
 * Parts of a host that end under load while the host goes on (RELIABILITY G9, G10): the sandbox processes, the thread that
 * writes, one request, and at last the host itself by an error nobody caught, which it has to survive in order.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { hitLine } from './entries/at-point.ts';
import { openFlowHost } from './flow-host.ts';
import { fiveSteps } from './flow/workflow.ts';
import type { TrialReport, TrialSettings } from './trial.ts';

/** So many promises before a part ends, and as many after it. */
const promisesPerLoad = 60;
/** A supervisor may take so long to have a host again (RELIABILITY G10). */
const restartMs = 3_000;

/** Ends each part so often. */
export async function runParts(
  times: number,
  { program, say }: Pick<TrialSettings, 'program' | 'say'>,
): Promise<TrialReport> {
  await using flows = await openFlowHost(program, [fiveSteps({ slug: 'goes-on' })]);
  const faults: string[] = [];
  let sandboxes = 0;
  let unavailable = 0;
  let slowestStartMs = 0;

  /** Loads a host; the answer is what it said and how it ended, if it did. */
  async function underLoad(env: Record<string, string>, during: (pid: number) => Promise<void> | void) {
    const host = await flows.start({ env });
    const load = flows.load(host, 8, 10);
    const more = async (): Promise<void> => {
      const before = flows.promised();
      const grown = until('more promises', () => flows.promised() - before >= promisesPerLoad);
      await Promise.race([host.ended, grown]);
    };
    await more();
    await during(host.pid);
    await more();
    const end = await Promise.race([host.ended, pause(0)]);
    await load.stop();
    if (end === undefined) await host.stop();
    return { host, end };
  }

  const isHit = (log: string, point: string): void => {
    if (!log.includes(hitLine(point))) faults.push(`void: the point "${point}" was not hit`);
  };

  for (let time = 1; time <= times; time += 1) {
    // The sandbox: no caller notices, and the steps that were in it are tried again by their policy.
    const before = flows.cutOff();
    await underLoad({}, async (hostPid) => {
      for (let kill = 0; kill < 5; kill += 1) {
        for (const pid of sandboxesOf(hostPid)) {
          sandboxes += 1;
          process.kill(pid, 'SIGKILL');
        }
        await pause(60);
      }
    });
    if (flows.cutOff() > before) faults.push('callers were cut off when the sandbox was killed');

    // The writer, between a commit and its answers: callers are told to come again, and are known when they do.
    const writer = await underLoad({ HOOKYARD_LEAVE_AT: 'commit after#20' }, () => undefined);
    isHit(writer.host.log(), 'commit after');
    if (writer.end !== undefined) faults.push('the host ended with its writer');
    unavailable += flows.takeRefusals(503);

    // One request: that one is 500, nobody else notices.
    const one = await underLoad({ HOOKYARD_FAIL_AT: 'request judged#40' }, () => undefined);
    isHit(one.host.log(), 'request judged');
    const failed = flows.takeRefusals(500);
    if (failed !== 1) faults.push(`${failed} requests were answered 500 where one failed`);
    if (one.end !== undefined) faults.push('the host ended with a request');

    // The host, by an error nobody caught: it answers what it has, ends in order and with a code that says so.
    const whole = await underLoad({ HOOKYARD_BREAK_AT: 'request judged#40' }, () => undefined);
    isHit(whole.host.log(), 'request judged');
    const end = await whole.host.ended;
    if (end.code !== 1)
      faults.push(`a host with an error nobody caught ended with ${end.code ?? end.signal}`);
    const next = await flows.start();
    slowestStartMs = Math.max(slowestStartMs, next.startedInMs);
    await next.stop();
    say(`every part ${time} of ${times} times`);
  }
  if (sandboxes === 0) faults.push('void: no sandbox was killed');
  if (slowestStartMs > restartMs) faults.push(`the next host took ${Math.round(slowestStartMs)} ms`);
  // What a host could not settle before it ended is in doubt for the next, as after a kill.
  const { faults: broken, ...sums } = await flows.finish(times * 4);
  return {
    figures:
      `${sandboxes} sandboxes killed, ${unavailable} callers told to come again by a writer that ended, ` +
      `${sums.promised} promised, ${sums.runs} runs ended, ${sums.recovered} recovered from a lost answer`,
    faults: [...faults, ...broken],
  };
}

/** Ids of the sandbox processes of a host. */
function sandboxesOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isOurs = new RegExp(`^PPid:\\s${parent}$`, 'm').test(
        readFileSync(`/proc/${name}/status`, 'utf8'),
      );
      return isOurs && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('sandbox-worker')
        ? [Number(name)]
        : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}
