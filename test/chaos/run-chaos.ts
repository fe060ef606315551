/**
 * The promise of durable acceptance, tried the hard way: a host under load is killed without warning again and again
 * on one data folder, and at the end every 2xx it ever gave is looked up.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type HostOptions, type TestHost, startHost } from '../support/host.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { until } from '../support/until.ts';
import { hasRunIn } from '../support/v1-list.ts';
import { type Audit, audit } from './audit.ts';
import { type Ledger, openLedger, resendPromised, startPosting } from './poster.ts';

/** A round with fewer promises than this has shown nothing. */
export const LEAST_PROMISES = 200;

/** So many deliveries of the round before are sent again after each restart. */
const RESENT = 20;

export interface ChaosOptions {
  rounds: number;
  /** An empty folder. */
  folder: string;
  program: NonNullable<HostOptions['program']>;
  /** Gets a line per round. */
  say?: (line: string) => void;
}

export interface ChaosReport extends Audit {
  rounds: number;
  /** Answered as duplicates: stored before a kill that took the answer away. */
  recovered: number;
  /** Slowest restart, spawn to ready line. */
  slowestStartMs: number;
}

/** Runs the rounds and the audit. Throws when a round is void or the host does not come back. */
export async function runChaos({
  rounds,
  folder,
  program,
  say = () => {},
}: ChaosOptions): Promise<ChaosReport> {
  const ledger = openLedger();
  const resendFaults: string[] = [];
  let url: string | undefined;
  let slowestStartMs = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const host = await startHost({ folder, program });
    slowestStartMs = Math.max(slowestStartMs, host.startedInMs);
    url = await urlOn(host, url);
    resendFaults.push(...(await resendPromised(url, ledger, RESENT)));
    const promises = await loadAndKill(host, url, ledger);
    say(`round ${round}/${rounds}: ${promises} promises, ${ledger.open.length} unanswered, then killed`);
    if (promises < LEAST_PROMISES) throw new Error(`Round ${round} is void: only ${promises} promises`);
  }
  const host = await startHost({ folder, program });
  slowestStartMs = Math.max(slowestStartMs, host.startedInMs);
  const result = await settle(host, await urlOn(host, url), ledger);
  await host.stop();
  const faults = [
    ...result.faults,
    ...resendFaults,
    ...refusalFaults(ledger),
    ...integrityFaults(host.ready.dataDir),
  ];
  const recovered = [...ledger.promised.values()].filter(({ wasDuplicate }) => wasDuplicate).length;
  return { ...result, faults, rounds, recovered, slowestStartMs };
}

/** The webhook's URL on this start's port; the workflow is made on the first. */
async function urlOn(host: TestHost, before: string | undefined): Promise<string> {
  if (before === undefined) return (await makeSignedWorkflow(host.receiver, 'chaos', 1)).url;
  return new URL(new URL(before).pathname, host.receiver).href;
}

/** Loads the host with 32 to 64 senders and kills it after 300 to 2000 ms, but not before there is something to lose. */
async function loadAndKill(host: TestHost, url: string, ledger: Ledger): Promise<number> {
  const posting = startPosting(url, SIGNING_SECRET, between(32, 64), ledger);
  const killAt = Date.now() + between(300, 2_000);
  await until('enough promises to lose', () => Date.now() >= killAt && posting.count() >= LEAST_PROMISES, {
    deadlineMs: 30_000,
  });
  await host.kill9();
  await posting.ended;
  return posting.count();
}

/** Sends again what went unanswered, lets every run come to rest, then looks everything up. */
async function settle(host: TestHost, url: string, ledger: Ledger): Promise<Audit> {
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
    everyMs: 200,
  });
  return audit(host.receiver, ledger);
}

/** Only "busy" is a fair answer to a good delivery. */
function refusalFaults(ledger: Ledger): string[] {
  return [...ledger.refusals]
    .filter(([status]) => status !== 503)
    .map(([status, count]) => `${count} × ${status}`);
}

/** What SQLite itself says about each database file in the folder. */
function integrityFaults(dataDir: string): string[] {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(db|sqlite3?)$/.test(name),
  );
  if (files.length === 0) return [`no database file in ${dataDir}`];
  return files.flatMap((file) => {
    const database = new Database(join(dataDir, file), { readonly: true });
    const verdict: unknown = database.pragma('integrity_check', { simple: true });
    database.close();
    return verdict === 'ok' ? [] : [`${file}: ${String(verdict)}`];
  });
}

function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}
