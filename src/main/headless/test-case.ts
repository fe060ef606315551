/**
 * Plays one regression test: the workflow goes live in an app of its own, what was captured is sent to it, waits get
 * their deliveries, and time is put ahead whenever nothing but time is missing.
 */
import { z } from 'zod';
import type { RunView } from '../../shared/contract/views.ts';
import { runSchema } from '../../shared/contract/views.ts';
import type { CaseDelivery, CaseFile } from '../../shared/model/case.ts';
import { isLive } from '../../shared/model/run.ts';
import { send, type TestAnswer, toCall } from './test-calls.ts';
import type { TestHost } from './test-host.ts';

/** What came of it. */
export interface Played {
  /** Null: no caller was answered. */
  readonly answer: TestAnswer | null;
  /** Undefined: no run was started. */
  readonly run: RunView | undefined;
}

/** A test that can not be played: its sentence says why. */
export class CaseFault extends Error {}

const workflowSchema = z.object({
  id: z.string(),
  endpoints: z.array(z.object({ nodeId: z.string(), url: z.url() })),
});
const runsSchema = z.object({ items: z.array(z.object({ id: z.string() })) });
const refusalSchema = z.object({
  msg: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Pause between two looks at the run. */
const lookMs = 8;
/** Looks at a run that goes on by nothing we know of, before it is given up. */
const patientLooks = 250;

interface Stage {
  readonly host: TestHost;
  readonly signal: AbortSignal;
}

/** A call of `/v1`. @throws CaseFault with the sentence of the refusal */
async function ask<Value>(
  { host, signal }: Stage,
  schema: z.ZodType<Value>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Value> {
  const answer = await send(
    `${host.origin}/v1${path}`,
    {
      method,
      headers: [
        ['authorization', `Bearer ${host.token}`],
        ['content-type', 'application/json'],
      ],
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    },
    signal,
  );
  const value: unknown = JSON.parse(answer.text);
  if (answer.status < 300) return schema.parse(value);
  const { msg, issues = [] } = refusalSchema.parse(value);
  const faults = issues.map((issue) => `${issue.path}: ${issue.message}`);
  throw new CaseFault(faults.length === 0 ? msg : faults.join(' '));
}

/** The document with a slug the product takes. */
function workflowOf({ workflow }: CaseFile): unknown {
  const { slug, ...rest } = workflow;
  return slug === undefined || slug === '' ? rest : workflow;
}

/** Sends what the test begins with. */
async function begin(
  stage: Stage,
  file: CaseFile,
): Promise<{ workflowId: string; answer: Promise<TestAnswer | null> }> {
  const { trigger } = file;
  const workflow = await ask(
    stage,
    workflowSchema,
    'POST',
    '/workflows?activate=true',
    workflowOf(file),
  ).catch((error: unknown) => {
    if (error instanceof CaseFault) throw new CaseFault(`The workflow can not go live: ${error.message}`);
    throw error;
  });
  if (trigger.kind === 'input') {
    await ask(stage, z.unknown(), 'POST', `/workflows/${workflow.id}/runs`, { input: trigger.input });
    return { workflowId: workflow.id, answer: Promise.resolve(null) };
  }
  const url = workflow.endpoints.find(({ nodeId }) => nodeId === trigger.nodeId)?.url;
  if (url === undefined) throw new CaseFault(`The workflow has no webhook node "${trigger.nodeId}".`);
  const target = new URL(url);
  const path = target.pathname + (trigger.query === '' ? '' : `?${trigger.query}`);
  return { workflowId: workflow.id, answer: send(stage.host.origin + path, toCall(trigger), stage.signal) };
}

/** What a run that goes on needs next. */
type Need =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'delivery'; readonly delivery: CaseDelivery; readonly path: string }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'unknown'; readonly sentence: string };

function needOf(run: RunView, left: readonly CaseDelivery[], now: number): Need {
  const open = run.steps.filter((step) => ['queued', 'running', 'waiting'].includes(step.status));
  const waiting = open.find((step) => step.type === 'webhook' && step.status === 'waiting');
  const delivery = left.find((one) => one.nodeId === waiting?.nodeId);
  if (delivery !== undefined && run.resumeUrl !== null)
    return { kind: 'delivery', delivery, path: new URL(run.resumeUrl).pathname };
  if (open.some((step) => step.status === 'running')) return { kind: 'nothing' };
  const times = open.flatMap((step) => (step.dueAt === null ? [] : [Date.parse(step.dueAt)]));
  const soonest = Math.min(...times);
  if (times.length > 0) return soonest > now ? { kind: 'time', ms: soonest - now } : { kind: 'nothing' };
  const place = open.map((step) => `"${step.name}"`).join(', ');
  return {
    kind: 'unknown',
    sentence: `The run waits at ${place}, and the case has no delivery for it.`,
  };
}

/** Plays a case to its end. @throws CaseFault; what `signal` was aborted with, when it takes too long */
export async function playCase(host: TestHost, file: CaseFile, signal: AbortSignal): Promise<Played> {
  const stage = { host, signal };
  const left = [...file.deliveries];
  const { workflowId, answer } = await begin(stage, file);
  let settled: { readonly answer: TestAnswer | null } | undefined;
  let failure: { readonly error: unknown } | undefined;
  answer.then(
    (value) => (settled = { answer: value }),
    (error: unknown) => (failure = { error }),
  );
  let runId: string | undefined;
  let looks = 0;
  for (;;) {
    signal.throwIfAborted();
    if (failure !== undefined) throw failure.error;
    const isAnswered = settled !== undefined;
    runId ??= await newestRun(stage, workflowId);
    if (runId === undefined && settled !== undefined && isAnswered)
      return { answer: settled.answer, run: undefined };
    const run =
      runId === undefined ? undefined : await ask(stage, runSchema, 'GET', `/workflow-runs/${runId}`);
    if (run !== undefined && !isLive(run.status)) {
      if (settled !== undefined) return { answer: settled.answer, run };
    } else if (run !== undefined) {
      const need = needOf(run, left, host.clock.now());
      if (need.kind === 'time') host.clock.skip(need.ms);
      if (need.kind === 'delivery') {
        left.splice(left.indexOf(need.delivery), 1);
        await deliver(stage, need.delivery, need.path);
      }
      looks = need.kind === 'unknown' ? looks + 1 : 0;
      if (need.kind === 'unknown' && looks > patientLooks) throw new CaseFault(need.sentence);
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

async function newestRun(stage: Stage, workflowId: string): Promise<string | undefined> {
  const { items } = await ask(stage, runsSchema, 'GET', `/workflow-runs?workflow=${workflowId}&limit=10`);
  return items.at(-1)?.id;
}

async function deliver({ host, signal }: Stage, delivery: CaseDelivery, path: string): Promise<void> {
  // A run's own URL takes no GET, which any preview of a link would send.
  const method = delivery.method === 'GET' ? 'POST' : delivery.method;
  const query = delivery.query === '' ? '' : `?${delivery.query}`;
  const { status, text } = await send(host.origin + path + query, toCall({ ...delivery, method }), signal);
  if (status >= 400)
    throw new CaseFault(
      `The delivery for "${delivery.nodeId}" was refused with ${status}: ${text.slice(0, 300)}`,
    );
}
