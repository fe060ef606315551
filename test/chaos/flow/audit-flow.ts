/**
 * Compares what the disk says of every run of a flow with what the target was sent: steps once each in their order, the
 * set of keys as it must be, every key sent as often as the history says, and nothing sent twice that must not be.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { idempotencyKeyOf } from '../../../src/main/engine/attempt.ts';
import type { Ledger } from '../poster.ts';
import type { Target } from './target.ts';
import { callNodes, type Flow } from './workflow.ts';

export interface FlowAudit {
  readonly runs: number;
  readonly sends: number;
  /** Tries that were cut off between sending and commit, or before sending. */
  readonly inDoubt: number;
  readonly faults: readonly string[];
}

const errorText = z.object({ code: z.string() });
const stepRow = z.object({
  seq: z.number(),
  runSeq: z.number(),
  runId: z.string(),
  runStatus: z.string(),
  nodeId: z.string(),
  status: z.string(),
  attempt: z.number(),
  error: z.string().nullable(),
  failures: z.string().nullable(),
});
type StepRow = z.infer<typeof stepRow>;

const codeOf = (error: string | null): string | undefined =>
  error === null ? undefined : errorText.parse(JSON.parse(error)).code;

const failuresOf = ({ failures }: StepRow): string[] =>
  z
    .array(z.object({ error: errorText }))
    .parse(JSON.parse(failures ?? '[]'))
    .map(({ error }) => error.code);

/** What is known of a flow from outside. */
export interface FlowFacts {
  readonly ledger: Ledger;
  readonly target: Target;
  /** Runs whose resume was answered as taken at once. */
  readonly taken: ReadonlyMap<string, number>;
  /** How often a process ended while runs were under way. */
  readonly kills: number;
}

/** Looks at a stopped host's database. */
export function auditFlow(dataDir: string, flow: Flow, facts: FlowFacts): FlowAudit {
  const { ledger, target, taken, kills } = facts;
  const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
  const rows = db.prepare(
    `SELECT s.seq, r.seq AS runSeq, r.id AS runId, r.status AS runStatus, s.node_id AS nodeId, s.status, s.attempt, s.error, s.failures
     FROM runs AS r JOIN steps AS s ON s.run_seq = r.seq WHERE r.workflow_id = ? ORDER BY r.seq, s.seq`,
  );
  const faults: string[] = [];
  const found = new Set<string>();
  const keys = new Set<string>();
  let sends = 0;
  let inDoubt = 0;

  function auditCall(step: StepRow): void {
    const key = idempotencyKeyOf(step.runId, step.nodeId, step.seq);
    keys.add(key);
    const count = target.sends.get(key)?.count ?? 0;
    const cutOff = failuresOf(step).filter((code) => code === 'interrupted').length;
    const isParked = codeOf(step.error) === 'interrupted';
    sends += count;
    inDoubt += cutOff + (isParked ? 1 : 0);
    const where = `${step.nodeId} of ${step.runId}`;
    if (failuresOf(step).some((code) => code !== 'interrupted')) faults.push(`${where} failed by itself`);
    if (step.status === 'succeeded' && count === 0) faults.push(`${where} is done and was never sent`);
    const most = flow.atMostOnce ? 1 : 1 + Math.min(cutOff, kills);
    if (count > most) faults.push(`${where} was sent ${count} times after ${cutOff} cuts`);
    if (isParked !== (step.status === 'failed')) faults.push(`${where} is ${step.status}: ${step.error}`);
  }

  function auditRun(steps: readonly StepRow[]): void {
    const [first] = steps;
    if (first === undefined) return;
    const { runId, runSeq, runStatus } = first;
    found.add(runId);
    const passed = steps.map(({ nodeId }) => nodeId);
    for (const step of steps) if (callNodes.includes(step.nodeId)) auditCall(step);
    if (taken.has(runId) && runStatus === 'succeeded' && passed.at(-1) !== 'two')
      faults.push(`the resume of ${runId} was taken, and it went ${passed.join()}`);
    const sorted = (nodes: readonly string[]): string =>
      (flow.isParallel === true ? nodes.toSorted() : nodes).join();
    const isOnWay = flow.ways.some((way) => sorted(way.slice(0, passed.length)) === sorted(passed));
    if (!isOnWay) faults.push(`${runId} went ${passed.join()}`);
    const isParked = flow.atMostOnce && codeOf(steps.at(-1)?.error ?? null) === 'interrupted';
    const isWhole = flow.ways.some((way) => sorted(way) === sorted(passed));
    if (runStatus === 'failed' ? !isParked : runStatus !== 'succeeded' || !isWhole)
      faults.push(`${runId} is ${runStatus} after ${passed.join()}`);
    for (const { what, sql } of flow.leaves ?? []) {
      const count = Number(db.prepare(sql).pluck().get({ id: runId, seq: runSeq }));
      if (count !== 1) faults.push(`${runId} left ${count} times a ${what}`);
    }
    if (steps.some(({ status }) => !['succeeded', 'failed'].includes(status)))
      faults.push(`${runId} has a step that is not over`);
  }

  let run: StepRow[] = [];
  for (const raw of rows.iterate(flow.id)) {
    const step = stepRow.parse(raw);
    if (run[0] !== undefined && run[0].runId !== step.runId) {
      auditRun(run);
      run = [];
    }
    run.push(step);
  }
  auditRun(run);
  db.close();
  for (const { executionId } of ledger.promised.values())
    if (!found.has(executionId)) faults.push(`${executionId} was promised and is not there`);
  if (found.size !== ledger.promised.size)
    faults.push(`${ledger.promised.size} deliveries, ${found.size} runs`);
  for (const [key, { runId, nodeId }] of target.sends)
    if (found.has(runId) && !keys.has(key))
      faults.push(`a key nobody should have sent: ${nodeId} of ${runId}`);
  return { runs: found.size, sends, inDoubt, faults };
}
