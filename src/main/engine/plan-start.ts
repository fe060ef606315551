/**
 * Plans a run that no request starts: by a person, a program, the clock or another run. Which version, which start, and
 * whether the input fits the form of that start, are decided here for all of them alike.
 */
import { AppError } from '../../shared/errors.ts';
import { checkForm, readFormFields } from '../../shared/model/form.ts';
import type { Target } from '../../shared/model/run.ts';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Store } from '../store/open-store.ts';
import type { PlannedRun, RunOrigin } from '../store/types.ts';
import { type ComingTools, comingWaits } from './coming-waits.ts';
import { encodeOutput } from './encode.ts';
import type { Graph, GraphNode } from './graph.ts';
import { planRun } from './plan.ts';
import type { RunContexts } from './run-contexts.ts';
import { inputOutput, inputScope } from './scope.ts';

export interface StartTools {
  readonly store: Store;
  readonly contexts: RunContexts;
  readonly clock: Clock;
  readonly coming: ComingTools;
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
  /** Absent: a program asks. */
  readonly origin?: RunOrigin | undefined;
}

/** Starts that take an input given by hand, by whom they are meant for first. */
const startsFor: Readonly<Record<RunOrigin['kind'], readonly string[]>> = {
  manual: ['manual', 'api'],
  api: ['api', 'manual'],
  workflow: ['api', 'manual'],
  failure: ['api', 'manual'],
  schedule: [],
};

/** Where a run that no request starts begins: at a manual or API start, else at the first start. */
export function startNodeOf(
  graph: Graph,
  wanted: string | undefined,
  kind: RunOrigin['kind'] = 'api',
): GraphNode {
  const starts = graph.starts.flatMap((id) => graph.nodes.get(id) ?? []);
  const [own] = startsFor[kind].flatMap((type) => starts.find((node) => node.type === type) ?? []);
  const node = wanted === undefined ? (own ?? starts[0]) : starts.find((one) => one.id === wanted);
  if (node !== undefined) return node;
  throw new AppError({ code: 'conflict', message: 'The workflow has no start that fits.' });
}

/** @throws AppError `invalid` with a fault for each answer that does not fit the form of the start. */
function requireFitting(node: GraphNode, input: unknown): void {
  if (node.type !== 'manual' && node.type !== 'api') return;
  const issues = checkForm(readFormFields(node.config), input ?? undefined).map(({ path, message }) => ({
    path: path === '' ? 'input' : `input.${path}`,
    message,
  }));
  const [first] = issues;
  if (first === undefined) return;
  throw new AppError({ code: 'invalid', message: `${first.path}: ${first.message}`, details: { issues } });
}

const fromProgram: RunOrigin = { kind: 'api', depth: 0, awaited: false };

/**
 * Plans a run of the live version, or of the newest where none is live.
 * @throws AppError `not_found`, `conflict` (no version, no start), `target_not_found`, `invalid` (the form)
 */
export function planStart({ store, contexts, clock, coming }: StartTools, request: StartRequest): PlannedRun {
  const workflow = store.read.workflows.byId(request.workflowId);
  if (workflow === undefined) throw new AppError({ code: 'not_found', message: 'No such workflow.' });
  const version = workflow.activeVersion ?? workflow.latestVersion;
  if (version === null) {
    throw new AppError({ code: 'conflict', message: 'The workflow has no version yet: commit it first.' });
  }
  const { target, origin = fromProgram, params = {}, input = null } = request;
  if (target !== undefined && store.read.records.byCuid(target.entity, target.cuid) === undefined) {
    throw new AppError({ code: 'target_not_found' });
  }
  const graph = contexts.graphOf(workflow.id, version);
  const node = startNodeOf(graph, request.startNodeId, origin.kind);
  requireFitting(node, input);
  const now = clock.now();
  const inputJson = encodeOutput(input);
  const start = {
    workflowId: workflow.id,
    version,
    startNodeId: node.id,
    inputJson,
    paramsJson: JSON.stringify(params),
    target: target ?? null,
    startOutputJson: node.type === 'webhook' ? encodeOutput(inputOutput(input, now, params)) : inputJson,
  };
  const id = newId('run');
  const waits = comingWaits(graph, id, [node.id], () => inputScope(input, now, params), coming);
  return { ...planRun(graph, start, id, now, waits), origin };
}
