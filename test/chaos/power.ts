/**
 * What kill -9 can not show, because the system keeps what a process wrote: that it was synced. From a trace of a host
 * under load it is seen that a sync of the log lies between every body read and its 2xx (RELIABILITY G8), and the disk is
 * rebuilt as a power cut at any moment would leave it (G7): the database opens, is sound, and has all that was promised.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { makeDurable, openWriter } from '../../src/main/store/connection.ts';
import { migrate } from '../../src/main/store/migrate.ts';
import { migrations } from '../../src/main/store/migrations/list.ts';
import { startHost } from '../support/host.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { integrityFaults } from './audit.ts';
import { createDisk } from './disk/lost-power.ts';
import { type DiskEvent, readTrace, traceEnds, tracedInto } from './disk/trace.ts';
import { diceOf } from './fuzz/dice.ts';
import { type Ledger, openLedger, startPosting } from './poster.ts';
import type { TrialReport, TrialSettings } from './trial.ts';

/** Loads with pauses in which the log is moved into the database and begins anew. */
const bursts = 4;
const promisesPerBurst = 60;
const restMs = 800;

interface Trace {
  readonly events: readonly DiskEvent[];
  readonly ledger: Ledger;
}

/** Traces a load and cuts the power so often. */
export async function runPower(cuts: number, { program, say }: TrialSettings): Promise<TrialReport> {
  const { events, ledger } = await traceLoad(program);
  say(`${events.length} calls traced`);
  const answers = answersIn(events);
  const faults = syncFaults(events, ledger);
  if (answers.length < bursts * promisesPerBurst)
    faults.push(`void: only ${answers.length} answers in the trace`);
  const lost = await cutPower(events, answers, cuts);
  return {
    figures:
      `${ledger.promised.size} promised, ${cuts} power cuts with ${lost.promised} promises ` +
      `before them, ${lost.changed} of which lost something that was not synced`,
    faults: [
      ...faults,
      ...lost.faults,
      ...(lost.changed * 4 < cuts ? [`void: only ${lost.changed} power cuts lost anything`] : []),
    ],
  };
}

async function traceLoad(program: TrialSettings['program']): Promise<Trace> {
  using folder = makeTempDir();
  const file = join(folder.path, 'trace');
  const host = await startHost({
    folder: folder.path,
    program,
    options: ['--no-admin'],
    under: tracedInto(file),
    deadlineMs: 60_000,
  });
  const { url } = await makeSignedWorkflow(host.receiver, 'synced', 1);
  const ledger = openLedger();
  for (let burst = 1; burst <= bursts; burst += 1) {
    const posting = startPosting(url, SIGNING_SECRET, burst * 4, ledger);
    await until('a burst of promises', () => posting.count() >= promisesPerBurst, { deadlineMs: 60_000 });
    posting.stop();
    await posting.ended;
    await pause(restMs);
  }
  await host.kill9();
  await traceEnds(file, host.pid);
  return { events: await readTrace(file, host.ready.dataDir), ledger };
}

const answered = z.object({ success: z.literal(true), requestId: z.string(), executionId: z.string() });

interface Answer extends z.infer<typeof answered> {
  /** Its place among the events. */
  readonly at: number;
}

/** Every promise that left the process. */
function answersIn(events: readonly DiskEvent[]): Answer[] {
  return events.flatMap((event, at) => {
    if (event.kind !== 'sent' || !event.text.startsWith('HTTP/1.1 2')) return [];
    return event.text.split('\r\n\r\n').flatMap((part) => {
      const said = answered.safeParse(parse(part.slice(0, part.lastIndexOf('}') + 1)));
      return said.success ? [{ ...said.data, at }] : [];
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** G8: between the last byte of a delivery and its answer, the log was written and then synced. */
function syncFaults(events: readonly DiskEvent[], ledger: Ledger): string[] {
  const answers = new Map(answersIn(events).map(({ requestId, at }) => [requestId, at]));
  const read = new Map<string, number>();
  for (const [at, event] of events.entries()) {
    if (event.kind !== 'received') continue;
    for (const [, id = ''] of event.text.matchAll(/"id":"([0-9a-f]{24})"/g)) read.set(id, at);
  }
  return [...ledger.promised].flatMap(([id, { requestId }]) => {
    const [from, to] = [read.get(id), answers.get(requestId)];
    if (from === undefined || to === undefined) return [`${id}: its body or its answer is not in the trace`];
    const between = events.slice(from, to).filter((event) => 'file' in event && event.file.endsWith('-wal'));
    const written = between.findIndex(({ kind }) => kind === 'written');
    const isSynced = written >= 0 && between.slice(written).some(({ kind }) => kind === 'synced');
    return isSynced ? [] : [`${id} was answered before its commit was synced`];
  });
}

/** G7: cuts at moments of all kinds, most of them soon after a promise. */
async function cutPower(
  events: readonly DiskEvent[],
  answers: readonly Answer[],
  cuts: number,
): Promise<{ promised: number; changed: number; faults: string[] }> {
  const dice = diceOf(20_260_323, cuts);
  const moments = Array.from({ length: cuts }, () => {
    const answer = answers[dice.upTo(answers.length)];
    return Math.min(events.length, (answer?.at ?? 0) + 1 + dice.upTo(12));
  }).toSorted((one, other) => one - other);
  const disk = createDisk();
  const found = { promised: 0, changed: 0, faults: [] as string[] };
  let passed = 0;
  for (const moment of moments) {
    for (; passed < moment; passed += 1) {
      const event = events[passed];
      if (event !== undefined) disk.pass(event);
    }
    const before = answers.filter(({ at }) => at < moment);
    found.promised += before.length;
    let isChanged = false;
    const files = disk.cut(() => {
      isChanged = true;
      return dice.upTo(1_000_000) / 1_000_000;
    });
    if (isChanged) found.changed += 1;
    found.faults.push(...lookAt(files, before).map((fault) => `power cut at ${moment}: ${fault}`));
    // A trial of minutes must not keep its process from what else it has to do.
    await pause(0);
  }
  return found;
}

function lookAt(files: ReadonlyMap<string, Buffer>, promised: readonly Answer[]): string[] {
  using folder = makeTempDir();
  const dataDir = join(folder.path, 'data');
  mkdirSync(dataDir);
  for (const [path, bytes] of files)
    if (!path.endsWith('-shm')) writeFileSync(join(dataDir, basename(path)), bytes);
  try {
    // As a start does it.
    const file = join(dataDir, 'hookyard.db');
    const db = openWriter(file);
    makeDurable(db);
    migrate(db, file, migrations);
    db.close();
    for (const name of files.keys()) if (/\.layout-\d+$/.test(name)) rmSync(join(dataDir, basename(name)));
    return [...integrityFaults(dataDir), ...missing(file, promised)];
  } catch (error) {
    return [`the database does not open: ${String(error)}`];
  }
}

function missing(file: string, promised: readonly Answer[]): string[] {
  const db = new Database(file, { readonly: true });
  const find = db.prepare(
    `SELECT 1 FROM requests AS q JOIN request_bodies AS b ON b.seq = q.seq JOIN runs AS r ON r.request_seq = q.seq
     WHERE q.id = ? AND r.id = ?`,
  );
  const lost = promised.filter(
    ({ requestId, executionId }) => find.get(requestId, executionId) === undefined,
  );
  db.close();
  return lost.map(({ requestId }) => `${requestId} was promised and is lost`);
}
