/**
 * What is kept of a run and what is done anew when it is repeated (SPEC 11, retry). The repeated run stands where the
 * old one stood before the step it begins at: finished steps are kept, and what they had led to and is not kept is
 * queued again, on all branches. Loops are repeated as a whole. Pure.
 */
import { ordinaryPort } from '../../shared/model/catalog.ts';
import { AppError } from '../../shared/errors.ts';
import type { JoinPlan, PlannedStep, StepRow } from '../store/types.ts';
import type { Graph } from './graph.ts';

export interface RetryPlan {
  /** Steps to be copied, in their order. */
  readonly keep: readonly number[];
  readonly next: readonly PlannedStep[];
  readonly joins: readonly JoinPlan[] | undefined;
}

/** A round of a loop, as the store names it. */
interface FramePlace {
  readonly seq: number;
  readonly parentSeq: number | null;
  readonly loopStepSeq: number;
}

function nodesFrom(graph: Graph, id: string): ReadonlySet<string> {
  const reached = new Set([id]);
  for (const from of reached) {
    for (const targets of graph.nodes.get(from)?.outgoing.values() ?? [])
      for (const next of targets) reached.add(next);
  }
  return reached;
}

/** The step as it stands in the run itself: for one inside a loop, the outermost loop around it. */
function outermost(graph: Graph, steps: readonly StepRow[], fromStep: string): string {
  if (!steps.some((step) => step.nodeId === fromStep)) {
    throw new AppError({ code: 'conflict', message: 'The run never came to this step.' });
  }
  return graph.nodes.get(fromStep)?.loops[0] ?? fromStep;
}

/** Whether the flow went on behind a step: it was not cut off, and did not end the run by its failure. */
function isPassed(step: StepRow): boolean {
  return (
    step.finishedAt !== null &&
    step.status !== 'cancelled' &&
    !(step.status === 'failed' && step.port === null)
  );
}

/** Seqs of the loops in the run itself whose rounds the frames are, by frame. */
function loopsByFrame(frames: readonly FramePlace[]): ReadonlyMap<number, number> {
  const loops = new Map<number, number>();
  for (const { seq, parentSeq, loopStepSeq } of frames) {
    loops.set(seq, parentSeq === null ? loopStepSeq : (loops.get(parentSeq) ?? loopStepSeq));
  }
  return loops;
}

/** The nodes a step's edges have led to. */
function targetsOf(graph: Graph, { nodeId, port }: StepRow): readonly string[] {
  return graph.nodes.get(nodeId)?.outgoing.get(port ?? ordinaryPort) ?? [];
}

/**
 * Plans the repetition of a run that has ended.
 * @param steps of the run, in their order; the first is its start
 * @param fromStep node to begin at; undefined: the start
 * @throws AppError `conflict` when the run never came to that step
 */
export function planRetry(
  graph: Graph,
  run: { readonly steps: readonly StepRow[]; readonly frames: readonly FramePlace[] },
  fromStep: string | undefined,
  now: number,
): RetryPlan {
  const { steps } = run;
  const start = steps[0];
  if (start === undefined) throw new AppError({ code: 'workflow_missing' });
  const from = outermost(graph, steps, fromStep ?? start.nodeId);
  const anew = nodesFrom(graph, from);
  const own = steps.filter((step) => step.frameSeq === null);
  const kept = own.filter((step) => step === start || (!anew.has(step.nodeId) && isPassed(step)));
  const keptSeqs = new Set(kept.map((step) => step.seq));
  const loops = loopsByFrame(run.frames);
  const isKept = ({ seq, frameSeq }: StepRow): boolean =>
    keptSeqs.has(frameSeq === null ? seq : (loops.get(frameSeq) ?? seq));

  const made = Map.groupBy(own, (step) => step.nodeId);
  const next = [...made].flatMap(([nodeId, rows]): readonly PlannedStep[] => {
    const node = graph.nodes.get(nodeId);
    const [first] = rows;
    const left = rows.filter((step) => !keptSeqs.has(step.seq)).length;
    if (first === undefined || left === 0) return [];
    const plan = { nodeId, name: node?.name ?? first.name, type: node?.type ?? first.type, dueAt: now };
    const sources = kept.filter((step) => targetsOf(graph, step).includes(nodeId));
    if (plan.type === 'join') return arrivalsAt(plan, sources, nodeId === from);
    // A step is done as often as the kept ones led to it: one that is to be done anew may have been led to by others.
    const times = anew.has(nodeId) ? Math.min(left, sources.length) : left;
    return Array.from({ length: nodeId === from ? Math.max(1, times) : times }, () => plan);
  });
  return { keep: steps.filter(isKept).map((step) => step.seq), next, joins: graph.joins };
}

function arrivalsAt(plan: PlannedStep, sources: readonly StepRow[], isFrom: boolean): readonly PlannedStep[] {
  if (sources.length === 0) return isFrom ? [plan] : [];
  return sources.map(({ seq }) => ({ ...plan, fromStepSeq: seq }));
}
