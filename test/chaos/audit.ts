/**
 * Holds the host to its promises, through `/v1` alone: everything promised is stored once with the very bytes that
 * were sent, its run has finished, and nothing is there twice.
 */
import { Pool } from 'undici';
import { z } from 'zod';
import { sha256 } from '../support/delivery.ts';
import { API_TOKEN } from '../support/host.ts';
import { listAll } from '../support/v1-list.ts';
import type { Ledger } from './poster.ts';

export interface Audit {
  promised: number;
  stored: number;
  finished: number;
  /** One sentence per broken promise; empty when all were kept. */
  faults: string[];
}

const capturedRequest = z.object({
  id: z.string(),
  runs: z.array(z.object({ id: z.string(), status: z.string() })),
});
type CapturedRequest = z.infer<typeof capturedRequest>;

const run = z.object({ id: z.string(), requestId: z.string().nullable(), status: z.string() });

/** How many bodies are fetched at once. */
const FETCHERS = 16;

/** Compares the senders' book with everything the host has stored. Runs must have come to rest before. */
export async function audit(receiver: string, ledger: Ledger): Promise<Audit> {
  const faults: string[] = [];
  const accepted = await listAll(receiver, '/v1/requests?verdict=accepted', capturedRequest);
  const runs = await listAll(receiver, '/v1/workflow-runs', run);
  const stored = await readBodies(receiver, accepted, faults);

  for (const { delivery, executionId, requestId } of ledger.promised.values()) {
    const found = stored.get(delivery.id) ?? [];
    const only = found[0];
    if (!only || found.length > 1) {
      faults.push(`${delivery.id} was promised and is stored ${found.length} times`);
      continue;
    }
    if (only.sha256 !== delivery.sha256) faults.push(`${delivery.id}: other bytes are stored than were sent`);
    if (only.request.runs[0]?.id !== executionId) {
      faults.push(
        `${delivery.id}: answered with run ${executionId}, stored with ${only.request.runs[0]?.id ?? 'none'}`,
      );
    }
    if (!requestId.startsWith('req_')) faults.push(`${delivery.id}: odd request id ${requestId}`);
  }
  for (const [id, found] of stored) {
    if (found.length > 1 && !ledger.promised.has(id)) faults.push(`${id} is stored ${found.length} times`);
  }
  faults.push(...runFaults(accepted, runs));
  return {
    promised: ledger.promised.size,
    stored: accepted.length,
    finished: runs.filter(({ status }) => status === 'succeeded').length,
    faults,
  };
}

/** One finished run for each accepted request, and no run without one. */
function runFaults(accepted: readonly CapturedRequest[], runs: readonly z.infer<typeof run>[]): string[] {
  const faults: string[] = [];
  for (const request of accepted) {
    const [only, ...more] = request.runs;
    if (!only || more.length > 0) faults.push(`${request.id} has ${request.runs.length} runs`);
    else if (only.status !== 'succeeded') faults.push(`${only.id} of ${request.id} is ${only.status}`);
  }
  const requests = new Set(runs.map(({ requestId }) => requestId));
  if (requests.size !== runs.length) faults.push(`${runs.length} runs belong to ${requests.size} requests`);
  if (runs.length !== accepted.length)
    faults.push(`${accepted.length} accepted requests, but ${runs.length} runs`);
  return faults;
}

interface Stored {
  request: CapturedRequest;
  sha256: string;
}

/** What is stored under each delivery id, by the ids in the stored bytes. */
async function readBodies(
  receiver: string,
  accepted: readonly CapturedRequest[],
  faults: string[],
): Promise<Map<string, Stored[]>> {
  const stored = new Map<string, Stored[]>();
  const pool = new Pool(receiver, { connections: FETCHERS });
  const left = accepted.values();
  const fetcher = async (): Promise<void> => {
    for (const request of left) {
      const answer = await pool.request({
        path: `/v1/requests/${request.id}/body`,
        method: 'GET',
        headers: { authorization: `Bearer ${API_TOKEN}` },
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      const id = answer.statusCode === 200 ? idIn(bytes) : undefined;
      if (id === undefined) faults.push(`${request.id}: no body to read (${answer.statusCode})`);
      else stored.set(id, [...(stored.get(id) ?? []), { request, sha256: sha256(bytes) }]);
    }
  };
  await Promise.all(Array.from({ length: FETCHERS }, fetcher));
  await pool.destroy();
  return stored;
}

function idIn(bytes: Buffer): string | undefined {
  try {
    return z.object({ id: z.string() }).parse(JSON.parse(bytes.toString('utf8'))).id;
  } catch {
    return undefined;
  }
}
