/**
 * Every named point of base/crash-points.ts (RELIABILITY G4): the process is ended there while flows, time-outs, pauses,
 * jobs and rotations are under way, again and again on one folder, and in the end the same is looked up as after kills at
 * any other moment. A point that was not hit makes the trial void.
 */
import { type CrashPoint, crashPoints } from '../../src/main/base/crash-points.ts';
import type { TestHost } from '../support/host.ts';
import { hitLine } from './entries/at-point.ts';
import { type FlowHost, openFlowHost } from './flow-host.ts';
import { type Chores, createChores } from './flow/chores.ts';
import { fiveSteps, inTheStore, waitInVain } from './flow/workflow.ts';
import { between, type TrialReport, type TrialSettings } from './trial.ts';

/**
 * How a point is reached: at some passing up to the number given, or by another trial.
 * A point that has no line here does not compile.
 */
const reached: Readonly<Record<CrashPoint, number | 'elsewhere'>> = {
  'commit before': 40,
  'commit after': 40,
  'checkpoint before': 1,
  'checkpoint after': 1,
  'migration copied': 'elsewhere',
  'migration before commit': 'elsewhere',
  'migration after commit': 'elsewhere',
  'request judged': 30,
  'step before settling': 40,
  'http before sending': 15,
  'http after sending': 15,
  'timer fires': 3,
  'wait times out': 5,
  'wait taken': 5,
  'schedule fires': 1,
  'record written': 3,
  'records imported': 1,
  'child run made': 2,
  'secret rotated': 1,
  'retention piece': 'elsewhere',
  'job item judged': 1,
  'runs recovered': 1,
};

/** How long a host may take to come to a point, in ms. */
const patienceMs = 20_000;
const loadMs = 300;

/** Ends hosts at each point so many times. */
export async function runPoints(
  times: number,
  { program, say }: Pick<TrialSettings, 'program' | 'say'>,
): Promise<TrialReport> {
  await using flows = await openFlowHost(program, [
    fiveSteps({ slug: 'repeats', pauseSeconds: 0.05 }),
    fiveSteps({ slug: 'never-repeats', atMostOnce: true }),
    waitInVain('in-vain', 0.3),
    inTheStore('in-the-store'),
  ]);
  const chores = createChores();
  const first = await flows.start();
  await chores.prepare(first.receiver);
  await first.kill9();

  const points = crashPoints.filter((point) => reached[point] !== 'elsewhere');
  const faults: string[] = [];
  let kills = 0;
  for (let time = 1; time <= times; time += 1) {
    for (const point of points) {
      const isHit = await endAt(point, flows, chores);
      if (isHit) kills += 1;
      else faults.push(`void: the point "${point}" was not hit`);
    }
    say(`every point ${time} of ${times} times`);
  }
  const { faults: broken, ...sums } = await flows.finish(kills, (host) => chores.audit(host.receiver));
  if (sums.inDoubt === 0) faults.push('void: no call was in doubt');
  return {
    figures:
      `${points.length} points, ${kills} kills at them, ${sums.promised} promised, ${sums.runs} runs ended, ` +
      `${sums.sends} calls, ${sums.inDoubt} in doubt, ${sums.recovered} recovered from a lost answer`,
    faults: [...faults, ...broken],
  };
}

/** One host that ends at a point; false: it did not. */
async function endAt(point: CrashPoint, flows: FlowHost, chores: Chores): Promise<boolean> {
  const within = reached[point];
  if (within === 'elsewhere') return false;
  const env = { HOOKYARD_END_AT: `${point}#${between(1, within)}` };
  let host: TestHost;
  try {
    host = await flows.start({ env });
  } catch (error) {
    // With what its last life left it to do, a host may come to the point before it is ready.
    if (!String(error).includes(hitLine(point))) throw error;
    return true;
  }
  const load = flows.load(host, 4, 5);
  const working = chores.run(host.receiver);
  await endsWithin(host, loadMs);
  // What is sent no more lets the host come to the points of rest.
  await load.stop();
  await working;
  await endsWithin(host, patienceMs);
  const isHit = host.log().includes(hitLine(point));
  await host.kill9();
  return isHit;
}

/** Waits for a process to end by itself. */
async function endsWithin(host: TestHost, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([host.ended, over]);
  clearTimeout(timer);
}
