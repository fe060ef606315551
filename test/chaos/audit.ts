/**
 * Holds the host to its promises by what is on the disk: everything promised is stored once with the very bytes that
 * were sent, its run has finished, and nothing is there twice. One pass over the rows, whatever their number.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { sha256 } from '../support/delivery.ts';
import { leftBehind } from '../main/store/left-behind.ts';
import type { Ledger } from './poster.ts';

export interface Audit {
  /** Accepted requests. */
  readonly stored: number;
  readonly finished: number;
  /** One sentence per broken promise; empty when all were kept. */
  readonly faults: readonly string[];
}

const storedRow = z.object({
  id: z.string(),
  body: z.instanceof(Uint8Array),
  runs: z.number(),
  runId: z.string().nullable(),
  status: z.string().nullable(),
});

const delivered = z.object({ id: z.string() });

/** Compares the senders' book with the database of a host that has stopped after its runs came to rest. */
export function audit(dataDir: string, ledger: Ledger): Audit {
  const faults = integrityFaults(dataDir);
  const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
  const seen = new Set<string>();
  let stored = 0;
  let finished = 0;
  const rows = db.prepare(
    `SELECT q.id, b.body, count(r.seq) AS runs, min(r.id) AS runId, min(r.status) AS status
     FROM requests AS q JOIN request_bodies AS b ON b.seq = q.seq LEFT JOIN runs AS r ON r.request_seq = q.seq
     WHERE q.verdict = 'accepted' GROUP BY q.seq`,
  );
  for (const raw of rows.iterate()) {
    const row = storedRow.parse(raw);
    stored += 1;
    const { id } = delivered.parse(JSON.parse(Buffer.from(row.body).toString()));
    if (seen.has(id)) faults.push(`${id} is stored more than once`);
    seen.add(id);
    if (row.runs !== 1) faults.push(`${row.id} has ${row.runs} runs`);
    else if (row.status === 'succeeded') finished += 1;
    else faults.push(`${row.runId} of ${row.id} is ${row.status}`);
    const promised = ledger.promised.get(id);
    if (promised === undefined) continue;
    if (promised.sha256 !== sha256(row.body)) faults.push(`${id}: other bytes are stored than were sent`);
    if (promised.executionId !== row.runId)
      faults.push(`${id} was answered with run ${promised.executionId}, and started ${row.runId}`);
  }
  for (const id of ledger.promised.keys())
    if (!seen.has(id)) faults.push(`${id} was promised and is not stored`);
  const runs = db.prepare('SELECT count(*) FROM runs').pluck().get();
  if (runs !== stored) faults.push(`${stored} accepted requests, but ${String(runs)} runs`);
  db.close();
  return { stored, finished, faults };
}

/** What SQLite itself says about each database file of the folder, and what we say about the rows. */
export function integrityFaults(dataDir: string): string[] {
  const files = readdirSync(dataDir, { encoding: 'utf8' }).filter((name) => name.endsWith('.db'));
  if (!files.includes('hookyard.db')) return [`no database file in ${dataDir}`];
  const torn = files.flatMap((file) => {
    const database = new Database(join(dataDir, file), { readonly: true });
    const verdict: unknown = database.pragma('integrity_check', { simple: true });
    database.close();
    return verdict === 'ok' ? [] : [`${file}: ${String(verdict)}`];
  });
  return [...torn, ...leftBehind(dataDir)];
}
