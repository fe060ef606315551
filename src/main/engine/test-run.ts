/**
 * Trying a workflow out: a run of the draft or of any version, from a captured request or an input, from a step, until
 * a step, with pinned outputs, acting on the world or only showing what it would do. It is a run like any other, as
 * durable, on a document of its own; no caller is ever answered by it.
 */
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { RunTest, Target } from '../../shared/model/run.ts';
import { newId } from '../base/ids.ts';
import type { PlannedStep, WorkflowRow } from '../store/types.ts';
import { comingWaits } from './coming-waits.ts';
import type { CommandTools } from './commands.ts';
import { encodeOutput } from './encode.ts';
import { compileGraph, type Graph, type GraphNode } from './graph.ts';
import { startNodeOf } from './plan-start.ts';
import { planRun } from './plan.ts';
import { readParams } from './request-facts.ts';
import { inputOutput, inputScope } from './scope.ts';
import { reachedFrom, trimDocument } from './trim.ts';

/** What a person wants to try. */
export interface TestWish {
  readonly workflowId: string;
  readonly version: number | 'draft';
  /** The payload as JSON text; null: none. */
  readonly inputJson: string | null;
  readonly paramsJson: string | null;
  /** The captured request it is seen as; its headers and query are the trigger's. */
  readonly requestId?: string | undefined;
  readonly target?: Target | undefined;
  /** The start to begin at; another that leads there when it is none. */
  readonly startNodeId?: string | undefined;
  readonly fromStep?: string | undefined;
  readonly until?: string | undefined;
  readonly dryRun: boolean;
  /** Outputs by node id, taken instead of doing the step. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

function documentOf({ store }: CommandTools, row: WorkflowRow, version: number | 'draft'): WorkflowDocument {
  const document = version === 'draft' ? row.draft : store.read.workflows.version(row.id, version)?.document;
  if (document !== undefined) return document;
  throw new AppError({ code: 'not_found', message: `There is no version ${version}.` });
}

/** @throws AppError `invalid` for steps the document has not, or that do not lead to one another */
function requireSteps(document: WorkflowDocument, { fromStep, until }: TestWish): void {
  const known = new Set(document.nodes.map((node) => node.id));
  const fault = (path: string, message: string): AppError =>
    new AppError({ code: 'invalid', message, details: { issues: [{ path, message }] } });
  for (const [path, id] of Object.entries({ fromStep, until })) {
    if (id !== undefined && !known.has(id)) throw fault(path, 'The workflow has no such step.');
  }
  if (fromStep === undefined || until === undefined) return;
  if (!reachedFrom(document.edges, [fromStep]).has(until)) throw fault('until', 'No path leads there.');
}

/** The start to begin at: the wanted one where it leads to the step, else the first that does, else the first. */
function findStart(graph: Graph, document: WorkflowDocument, wish: TestWish): GraphNode {
  const { fromStep, until = fromStep, startNodeId } = wish;
  const leading = until === undefined ? undefined : reachedFrom(document.edges, [fromStep ?? until], 'back');
  const starts = graph.starts.filter((id) => leading === undefined || leading.has(id));
  if (startNodeId !== undefined && (starts.includes(startNodeId) || starts.length === 0))
    return startNodeOf(graph, startNodeId);
  return startNodeOf({ ...graph, starts: starts.length === 0 ? graph.starts : starts }, undefined);
}

/** The version the run is on: a committed one where the document is exactly that. */
async function versionFor(
  { store, clock }: CommandTools,
  row: WorkflowRow,
  wish: TestWish,
  document: WorkflowDocument,
): Promise<number> {
  if (wish.until === undefined) {
    if (wish.version !== 'draft') return wish.version;
    if (!row.changed && row.latestVersion !== null) return row.latestVersion;
  }
  const { version } = await store.write('snapshotDocument', {
    workflowId: row.id,
    document,
    at: clock.now(),
  });
  return version;
}

function plannedStep(graph: Graph, id: string, now: number): PlannedStep[] {
  const node = graph.nodes.get(id);
  return node === undefined ? [] : [{ nodeId: id, name: node.name, type: node.type, dueAt: now }];
}

/**
 * Starts a test run.
 * @throws AppError `not_found`, `target_not_found`, `conflict` (no start), `invalid`, `output_too_large`
 */
export async function startTestRun(tools: CommandTools, wish: TestWish): Promise<{ readonly runId: string }> {
  const { store, clock } = tools;
  const row = store.read.workflows.byId(wish.workflowId);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such workflow.' });
  const whole = documentOf(tools, row, wish.version);
  requireSteps(whole, wish);
  const start = findStart(compileGraph(whole), whole, wish);
  const fromStep = wish.fromStep === start.id ? undefined : wish.fromStep;
  const document = wish.until === undefined ? whole : trimDocument(whole, wish.until, start.id);
  const version = await versionFor(tools, row, wish, document);
  const graph = tools.contexts.graphOf(row.id, version, document);
  const now = clock.now();

  // The step a person asks for by name is done, whatever is pinned to it.
  const asked = new Set([fromStep, wish.fromStep === wish.until ? wish.until : undefined]);
  const outputs = Object.fromEntries(Object.entries(wish.outputs).filter(([id]) => !asked.has(id)));
  const anew = fromStep === undefined ? undefined : reachedFrom(document.edges, [fromStep]);
  const kept = Object.entries(outputs).flatMap(([nodeId, output]) => {
    const node = whole.nodes.find((one) => one.id === nodeId);
    if (node === undefined || anew === undefined || anew.has(nodeId) || nodeId === start.id) return [];
    return [{ nodeId, name: node.name, type: node.type, outputJson: encodeOutput(output) }];
  });

  const id = newId('run');
  const next = fromStep === undefined ? undefined : plannedStep(graph, fromStep, now);
  const params = readParams(wish.paramsJson);
  const input: unknown = wish.inputJson === null ? null : JSON.parse(wish.inputJson);
  const planned = planRun(
    graph,
    {
      workflowId: row.id,
      version,
      startNodeId: start.id,
      inputJson: wish.inputJson ?? 'null',
      paramsJson: wish.paramsJson ?? '{}',
      target: wish.target ?? null,
      startOutputJson: startOutputOf(start, outputs, wish, () => inputOutput(input, now, params)),
    },
    id,
    now,
    comingWaits(graph, id, [fromStep ?? start.id], () => inputScope(input, now, params), tools.coming),
  );
  const plan: RunTest = {
    version: wish.version,
    fromStep: fromStep ?? null,
    until: wish.until ?? null,
    dryRun: wish.dryRun,
    outputs,
  };
  const run = {
    ...planned,
    ...(next === undefined ? {} : { next }),
    test: { plan, requestId: wish.requestId ?? null, kept },
  };
  await store.write('startRuns', { runs: [run], at: now });
  tools.wake();
  return { runId: id };
}

/** What the start gave: what is pinned to it, else the input; null: what the request says. */
function startOutputOf(
  start: GraphNode,
  outputs: Readonly<Record<string, unknown>>,
  { requestId, inputJson }: TestWish,
  ofInput: () => unknown,
): string | null {
  if (Object.hasOwn(outputs, start.id)) return encodeOutput(outputs[start.id]);
  if (start.type !== 'webhook') return inputJson;
  return requestId === undefined ? encodeOutput(ofInput()) : null;
}
