/** A run as people and programs see it (SPEC 11): its steps with what went in and came out, and what it waits for. */
import type { RunView, StepView } from '../../shared/contract/views.ts';
import { isLive } from '../../shared/model/run.ts';
import type { Store } from '../store/open-store.ts';
import type { RunRow, StepRow } from '../store/types.ts';
import type { Graph } from './graph.ts';
import { childrenOf, lineageOf, waitsOf } from './lineage.ts';
import { readRequestFacts } from './request-facts.ts';
import { resumePath, type ResumeTokens } from './resume-token.ts';
import { readOutput } from './run-context.ts';

const toTime = (at: number): string => new Date(at).toISOString();
const toTimeOrNull = (at: number | null): string | null => (at === null ? null : toTime(at));

function parse(json: string | null): unknown {
  const value: unknown = json === null ? null : JSON.parse(json);
  return value;
}

/** What a step was told to do: its resolved config, or the plain one of a kind that shows none. */
function inputOf(step: StepRow, graph: Graph | undefined): unknown {
  if (step.inputJson !== null) return parse(step.inputJson);
  const node = graph?.nodes.get(step.nodeId);
  const isPure =
    node?.kind !== undefined && node.kind.definition.effect === 'none' && node.type !== 'webhook';
  if (!isPure || step.startedAt === null || node.kind?.definition.start === 'only') return null;
  const names = new Set(node.kind?.definition.fields.map((field) => field.name));
  return Object.fromEntries(Object.entries(node.config).filter(([name]) => names.has(name)));
}

function viewStep(
  store: Store,
  run: RunRow,
  step: StepRow,
  graph: Graph | undefined,
  rounds: readonly number[],
): StepView {
  return {
    nodeId: step.nodeId,
    name: step.name,
    type: step.type,
    status: step.status,
    // A try that waits has begun, though it is counted when it ends.
    attempt: step.startedAt === null ? step.attempt : Math.max(1, step.attempt),
    input: inputOf(step, graph),
    output: readOutput(store, run, step) ?? null,
    error: step.error,
    startedAt: toTimeOrNull(step.startedAt),
    finishedAt: toTimeOrNull(step.finishedAt),
    port: step.port,
    logs: [...step.logs],
    failures: step.failures.map(({ attempt, error, startedAt, at }) => ({
      attempt,
      error,
      startedAt: toTimeOrNull(startedAt ?? null),
      at: toTime(at),
    })),
    waitingFor: step.waitingFor,
    dueAt: toTimeOrNull(step.dueAt),
    ...(step.frameSeq === null ? {} : { iteration: [...rounds] }),
  };
}

/** Numbers of the rounds of loops around each step of a run, the outermost first. */
function roundsOfSteps(
  store: Store,
  run: RunRow,
  steps: readonly StepRow[],
): (step: StepRow) => readonly number[] {
  if (steps.every((step) => step.frameSeq === null)) return () => [];
  const paths = new Map<number, readonly number[]>();
  for (const { seq, parentSeq, index } of store.read.runs.framePlaces(run.id)) {
    paths.set(seq, [...(parentSeq === null ? [] : (paths.get(parentSeq) ?? [])), index]);
  }
  return ({ frameSeq }) => (frameSeq === null ? [] : (paths.get(frameSeq) ?? []));
}

/** What waits for others of its own run, and tells nothing by itself. */
const inward: readonly string[] = ['loop', 'join'];

function isWaitingOutward({ status, waitKind }: StepRow): boolean {
  return status === 'waiting' && (waitKind === null || !inward.includes(waitKind));
}

/** The version people know a run by; 0: a draft. */
export function shownVersion({ version, test }: Pick<RunRow, 'version' | 'test'>): number {
  if (test === null) return version;
  return test.version === 'draft' ? 0 : test.version;
}

/** What a test run was to do; the outputs themselves stand with its steps. */
export function viewTest(test: RunRow['test']): RunView['test'] {
  if (test === null) return null;
  const { outputs, ...plan } = test;
  return { ...plan, pinned: Object.keys(outputs) };
}

/** The payload the run was started with. */
function payloadOf(store: Store, run: RunRow): unknown {
  if (run.inputJson !== null || run.requestId === null) return parse(run.inputJson);
  return readRequestFacts(store, run.requestId, null, run.paramsJson)?.payload ?? null;
}

function resumePathOf(
  steps: readonly StepRow[],
  tokens: ResumeTokens,
  runId: string,
  roundsOf: (step: StepRow) => readonly number[],
): (waiting: StepRow) => string {
  return (waiting) => {
    const { nodeId, seq, frameSeq } = waiting;
    const isBefore = (step: StepRow): boolean =>
      step.nodeId === nodeId && step.frameSeq === frameSeq && step.seq < seq;
    return resumePath(tokens.tokenOf(runId, nodeId, steps.filter(isBefore).length, roundsOf(waiting)));
  };
}

/** Why a queued run does not begin; null when nothing keeps it. */
export function whyHeld({ heldBy }: Pick<RunRow, 'heldBy'>): string | null {
  if (heldBy === null) return null;
  return heldBy === 'pause'
    ? 'Its workflow is paused.'
    : 'Waits for another run of its workflow to end: as many as may are under way.';
}

/** Describes a run; `resumeUrl` is a path. Undefined: there is no such run. */
export function describeRun(
  store: Store,
  tokens: ResumeTokens,
  graphOf: (run: RunRow) => Graph | undefined,
  id: string,
): RunView | undefined {
  const run = store.read.runs.byId(id);
  if (run === undefined) return undefined;
  const graph = graphOf(run);
  const rows = store.read.runs.steps(id);
  const roundsOf = roundsOfSteps(store, run, rows);
  const steps = rows.map((step) => viewStep(store, run, step, graph, roundsOf(step)));
  // Rounds of a loop may wait for the same.
  const waitingFor = [...new Set(rows.filter(isWaitingOutward).map((step) => step.waitingFor ?? ''))];
  const waits = waitsOf(store, id, rows, resumePathOf(rows, tokens, id, roundsOf));
  const last = rows.findIndex((step) => step.seq === run.lastStepSeq);
  return {
    id: run.id,
    workflowId: run.workflowId,
    workflowName: run.workflowName,
    version: shownVersion(run),
    status: run.status,
    target: run.target,
    error: run.error,
    inDoubt: run.isInDoubt,
    createdAt: toTime(run.createdAt),
    startedAt: toTimeOrNull(run.startedAt),
    finishedAt: toTimeOrNull(run.finishedAt),
    waitingFor: isLive(run.status) && waitingFor.length > 0 ? waitingFor.join(' ') : whyHeld(run),
    requestId: run.requestId,
    startNodeId: run.startNodeId,
    ...lineageOf(store, run),
    retryOf: run.retryOf,
    edits: run.edits,
    test: viewTest(run.test),
    input: payloadOf(store, run),
    output: steps[last]?.output ?? null,
    steps,
    resumeUrl: waits.find(({ resumeUrl }) => resumeUrl !== null)?.resumeUrl ?? null,
    waits,
    children: childrenOf(store, id),
  };
}
