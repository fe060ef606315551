/**
 * Deleting what is over its retention, by a process that ends at every piece of it (RELIABILITY G4): nothing is left that
 * belongs to what is gone, and nothing goes that has to stay.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startHost } from '../support/host.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { hasRunIn } from '../support/v1-list.ts';
import { integrityFaults } from './audit.ts';
import { hitLine } from './entries/at-point.ts';
import { openLedger, startPosting } from './poster.ts';
import type { Program } from './program.ts';
import type { TrialReport } from './trial.ts';

/** Ends a process at each of the first pieces, so many in all. */
export async function runRetention(kills: number, program: Program): Promise<TrialReport> {
  using folder = makeTempDir();
  const host = await startHost({ folder: folder.path, program, options: ['--no-admin'] });
  const { url } = await makeSignedWorkflow(host.receiver, 'kept', 1);
  const posting = startPosting(url, SIGNING_SECRET, 16, openLedger());
  await until('requests to delete', () => posting.count() >= kills * 40);
  posting.stop();
  await posting.ended;
  await until('every run to end', async () => !(await hasRunIn(host.receiver, ['queued', 'running'])));
  await host.stop();
  const { dataDir } = host.ready;

  const faults: string[] = [];
  let before = countRequests(dataDir);
  const stored = before;
  for (let kill = 1; kill <= kills; kill += 1) {
    const said = await retain(program, dataDir, `retention piece#${1 + (kill % 2)}`);
    if (!said.includes(hitLine('retention piece'))) faults.push(`void: kill ${kill} hit no piece`);
    faults.push(...integrityFaults(dataDir));
    const left = countRequests(dataDir);
    if (left > before) faults.push(`kill ${kill}: ${left} requests where there were ${before}`);
    before = left;
  }
  await retain(program, dataDir, undefined);
  faults.push(...integrityFaults(dataDir));
  const left = countRequests(dataDir);
  // The newest stays, because sequences go on from it.
  if (left !== 1) faults.push(`${left} requests are left, not the newest alone`);
  return { figures: `${kills} kills while ${stored} requests went`, faults };
}

function countRequests(dataDir: string): number {
  const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
  const count = Number(db.prepare('SELECT count(*) FROM requests').pluck().get());
  db.close();
  return count;
}

async function retain(program: Program, dataDir: string, at: string | undefined): Promise<string> {
  const child = spawn(process.execPath, [program.at('retain'), dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(at === undefined ? {} : { HOOKYARD_END_AT: at }) },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  await new Promise((resolve) => void child.once('close', resolve));
  return said;
}
