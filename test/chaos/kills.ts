/**
 * The promise of durable acceptance, tried the hard way (RELIABILITY G1): hosts under load are killed without warning
 * again and again, and at the end every 2xx they ever gave is looked up. A data folder is given up after so many kills
 * and its audit, so that any number of them needs no more disk than a few.
 */
import { type HostOptions, type TestHost, startHost } from '../support/host.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { hasRunIn } from '../support/v1-list.ts';
import { audit } from './audit.ts';
import { type Ledger, openLedger, refusalFaults, resendPromised, startPosting } from './poster.ts';
import { between, inLanes, type TrialReport } from './trial.ts';

export interface KillsOptions {
  readonly kills: number;
  /** Kills on one data folder. */
  readonly killsPerFolder: number;
  /** Hosts at once. */
  readonly lanes: number;
  /** Each round goes on until so many promises were made. */
  readonly promisesPerKill: number;
  /** The longest a round waits beyond that before it kills, in ms. */
  readonly longestMs: number;
  readonly program: NonNullable<HostOptions['program']>;
  readonly say: (line: string) => void;
}

interface Sums {
  kills: number;
  promised: number;
  stored: number;
  finished: number;
  cutOff: number;
  recovered: number;
  slowestStartMs: number;
  readonly faults: string[];
}

/** A trial with fewer promises than this for each kill has shown nothing. */
const leastPromises = 200;

/** Runs the rounds and the audits. */
export async function runKills(options: KillsOptions): Promise<TrialReport & Sums> {
  const sums: Sums = {
    kills: 0,
    promised: 0,
    stored: 0,
    finished: 0,
    cutOff: 0,
    recovered: 0,
    slowestStartMs: 0,
    faults: [],
  };
  const folders = Math.ceil(options.kills / options.killsPerFolder);
  const shares = Array.from({ length: folders }, (_, index) =>
    Math.min(options.killsPerFolder, options.kills - index * options.killsPerFolder),
  );
  await inLanes(shares, options.lanes, (kills) => killOnOneFolder(kills, options, sums));
  sums.faults.push(...vacuityFaults(sums));
  const figures =
    `${sums.kills} kills, ${sums.promised} promised, ${sums.stored} stored, ${sums.finished} runs finished, ` +
    `${sums.cutOff} cut off, ${sums.recovered} recovered from a lost answer, slowest start ${Math.round(sums.slowestStartMs)} ms`;
  return { ...sums, figures };
}

async function killOnOneFolder(kills: number, options: KillsOptions, sums: Sums): Promise<void> {
  const { program, say } = options;
  using folder = makeTempDir();
  const ledger = openLedger();
  let url: string | undefined;
  const start = async (): Promise<TestHost> => {
    const host = await startHost({ folder: folder.path, program, options: ['--no-admin'] });
    sums.slowestStartMs = Math.max(sums.slowestStartMs, host.startedInMs);
    url =
      url === undefined
        ? (await makeSignedWorkflow(host.receiver, 'chaos', 1)).url
        : new URL(new URL(url).pathname, host.receiver).href;
    return host;
  };
  for (let kill = 1; kill <= kills; kill += 1) {
    const host = await start();
    sums.faults.push(...(await resendPromised(url ?? '', ledger)));
    await loadAndKill(host, url ?? '', ledger, options);
    sums.kills += 1;
    if (kill % 10 === 0) say(`${sums.kills} of ${options.kills} kills`);
  }
  const host = await start();
  await settle(host, url ?? '', ledger);
  await host.stop();
  const { stored, finished, faults } = audit(host.ready.dataDir, ledger);
  sums.stored += stored;
  sums.finished += finished;
  sums.promised += ledger.promised.size;
  sums.cutOff += ledger.cutOff;
  sums.recovered += ledger.recovered;
  sums.faults.push(...faults, ...refusalFaults(ledger));
}

/** Loads the host with 32 to 64 senders and kills it at a moment nobody chose, but not before there is something to lose. */
async function loadAndKill(
  host: TestHost,
  url: string,
  ledger: Ledger,
  { promisesPerKill, longestMs }: KillsOptions,
): Promise<void> {
  const posting = startPosting(url, SIGNING_SECRET, between(32, 64), ledger);
  const killAt = Date.now() + between(50, longestMs);
  await until('enough promises to lose', () => Date.now() >= killAt && posting.count() >= promisesPerKill, {
    deadlineMs: 60_000,
    everyMs: 5,
  });
  await host.kill9();
  await posting.ended;
}

/** Sends again what went unanswered and lets every run come to rest. */
async function settle(host: TestHost, url: string, ledger: Ledger): Promise<void> {
  await until(
    'every unanswered delivery to be promised',
    async () => {
      await startPosting(url, SIGNING_SECRET, 16, ledger, { onlyOpen: true }).ended;
      return ledger.open.length === 0;
    },
    { deadlineMs: 60_000, everyMs: 100 },
  );
  await until('every run to finish', async () => !(await hasRunIn(host.receiver, ['queued', 'running'])), {
    deadlineMs: 300_000,
    everyMs: 100,
  });
}

/** RELIABILITY G5: a trial that could hardly have failed is void. */
function vacuityFaults({ kills, promised, cutOff, recovered }: Sums): string[] {
  return [
    ...(promised < kills * leastPromises ? [`void: only ${promised} promises in ${kills} kills`] : []),
    ...(cutOff * 3 < kills ? [`void: only ${cutOff} connections were cut off by ${kills} kills`] : []),
    ...(recovered === 0 ? ['void: no delivery was stored whose answer was lost'] : []),
  ];
}
