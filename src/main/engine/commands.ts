/** What people and programs ask of runs: start one, cancel one, do one again (SPEC 11). */
import { AppError } from '../../shared/errors.ts';
import { isLive, type Target } from '../../shared/model/run.ts';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Store } from '../store/open-store.ts';
import type { PlannedStep, StepRow } from '../store/types.ts';
import { type ComingTools, comingWaits } from './coming-waits.ts';
import { encodeOutput } from './encode.ts';
import type { Graph, GraphNode } from './graph.ts';
import { planNext, planRun } from './plan.ts';
import type { RunContexts } from './run-contexts.ts';
import type { Runner } from './runner.ts';
import { inputScope } from './scope.ts';

export interface CommandTools {
  readonly store: Store;
  readonly contexts: RunContexts;
  readonly runner: Pick<Runner, 'cut'>;
  readonly clock: Clock;
  readonly coming: ComingTools;
  wake(): void;
}

export interface StartRequest {
  readonly workflowId: string;
  /** The payload; absent: null. */
  readonly input: unknown;
  /** Must exist. */
  readonly target?: Target | undefined;
  /** Values for `params`, where the caller has them. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Start by this node instead of the first that fits. */
  readonly startNodeId?: string | undefined;
}

/** Where a run that no request starts begins: at a manual or API start, else at the first webhook. */
function startNodeOf(graph: Graph, wanted: string | undefined): GraphNode {
  const starts = graph.starts.flatMap((id) => graph.nodes.get(id) ?? []);
  const own = starts.find((node) => node.type === 'manual' || node.type === 'api');
  const node = wanted === undefined ? (own ?? starts[0]) : starts.find((one) => one.id === wanted);
  if (node !== undefined) return node;
  throw new AppError({ code: 'conflict', message: 'The workflow has no start that fits.' });
}

/**
 * Starts a run of the live version, or of the newest where none is live.
 * @throws AppError `not_found`, `conflict` (no version), `target_not_found`
 */
export async function startRun(
  tools: CommandTools,
  request: StartRequest,
): Promise<{ readonly runId: string }> {
  const { store, contexts, clock } = tools;
  const workflow = store.read.workflows.byId(request.workflowId);
  if (workflow === undefined) throw new AppError({ code: 'not_found', message: 'No such workflow.' });
  const version = workflow.activeVersion ?? workflow.latestVersion;
  if (version === null) {
    throw new AppError({ code: 'conflict', message: 'The workflow has no version yet: commit it first.' });
  }
  const { target } = request;
  if (target !== undefined && store.read.records.byCuid(target.entity, target.cuid) === undefined) {
    throw new AppError({ code: 'target_not_found' });
  }
  const graph = contexts.graphOf(workflow.id, version);
  const node = startNodeOf(graph, request.startNodeId);
  const now = clock.now();
  const inputJson = encodeOutput(request.input ?? null);
  const params = request.params ?? {};
  const webhook = { payload: request.input ?? null, query: {}, headers: {}, method: null, params };
  const output = { ...webhook, dateTime: new Date(now).toISOString() };
  const id = newId('run');
  const scope = () => inputScope(request.input ?? null, now, params);
  const run = planRun(
    graph,
    {
      workflowId: workflow.id,
      version,
      startNodeId: node.id,
      inputJson,
      paramsJson: JSON.stringify(params),
      target: target ?? null,
      startOutputJson: node.type === 'webhook' ? encodeOutput(output) : inputJson,
    },
    id,
    now,
    comingWaits(graph, id, [node.id], scope, tools.coming),
  );
  await store.write('startRuns', { runs: [run], at: now });
  tools.wake();
  return { runId: run.id };
}

/** @throws AppError `not_found`; `conflict` when the run has ended. */
export async function cancelRun(tools: CommandTools, id: string): Promise<void> {
  const { applied } = await tools.store.write('cancelRun', { id, at: tools.clock.now() });
  if (!applied) throw new AppError({ code: 'conflict', message: 'The run has ended already.' });
  tools.runner.cut(id);
}

function nodesFrom(graph: Graph, id: string): ReadonlySet<string> {
  const reached = new Set([id]);
  for (const from of reached) {
    for (const targets of graph.nodes.get(from)?.outgoing.values() ?? [])
      for (const next of targets) reached.add(next);
  }
  return reached;
}

/** What is kept of a run and what is done anew when it is repeated from a step. */
function planRetry(
  graph: Graph,
  steps: readonly StepRow[],
  fromStep: string,
  now: number,
): { readonly keep: readonly number[]; readonly next: readonly PlannedStep[] } {
  const anew = nodesFrom(graph, fromStep);
  const plan = (step: Pick<StepRow, 'nodeId' | 'name' | 'type'>): PlannedStep => ({
    nodeId: step.nodeId,
    name: step.name,
    type: step.type,
    dueAt: now,
  });
  const first = steps.find((step) => step.nodeId === fromStep);
  if (first === undefined) {
    throw new AppError({ code: 'conflict', message: 'The run never came to this step.' });
  }
  const others = steps.filter((step) => !anew.has(step.nodeId));
  // Branches the end of the run cut off go on as well.
  const isDone = (step: StepRow): boolean => step.finishedAt !== null && step.status !== 'cancelled';
  return {
    keep: others.filter(isDone).map((step) => step.seq),
    next: [plan(first), ...others.filter((step) => !isDone(step)).map(plan)],
  };
}

/**
 * Does a run again, with the same version and input: from its start, or from a step with what came before kept.
 * @throws AppError `not_found`, `conflict` (still live, step never reached), `workflow_missing`
 */
export async function retryRun(
  tools: CommandTools,
  id: string,
  fromStep: string | undefined,
): Promise<{ readonly runId: string }> {
  const { store, contexts, clock } = tools;
  const run = store.read.runs.byId(id);
  if (run === undefined) throw new AppError({ code: 'not_found', message: 'No such run.' });
  if (isLive(run.status)) {
    throw new AppError({ code: 'conflict', message: 'The run is still going on: cancel it first.' });
  }
  const graph = contexts.graphOf(run.workflowId, run.version);
  const steps = store.read.runs.steps(id);
  const now = clock.now();
  const start = steps[0];
  const startNode = graph.nodes.get(run.startNodeId);
  if (start === undefined || startNode === undefined) throw new AppError({ code: 'workflow_missing' });
  const { keep, next } =
    fromStep === undefined || fromStep === run.startNodeId
      ? { keep: [start.seq], next: planNext(graph, startNode, null, now) }
      : planRetry(graph, steps, fromStep, now);
  const newRunId = newId('run');
  const coming = comingWaits(
    graph,
    newRunId,
    next.map((step) => step.nodeId),
    () => contexts.get(id)?.startScope() ?? {},
    tools.coming,
  );
  await store.write('retryRun', { id, newId: newRunId, keepStepSeqs: keep, next, coming, at: now });
  tools.wake();
  return { runId: newRunId };
}
