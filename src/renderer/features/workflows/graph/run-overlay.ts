/**
 * A run laid over its graph: the state each step shows, the edges the run has taken, and every execution of a step for
 * the pane beside the canvas. Pure: made anew from each state of the run.
 */
import { ordinaryPort } from '../../../../shared/model/catalog.ts';
import type { RunView, StepView } from '../../../../shared/contract/views.ts';
import type { WorkflowEdge } from '../../../../shared/model/document.ts';
import type { StepStatus } from '../../../../shared/model/run.ts';
import { edgeId, portOf } from './edges.ts';

export interface StepOverlay {
  readonly status: StepStatus;
  /** All executions of the step in this run, in order; loops have many. */
  readonly executions: readonly StepView[];
}

export interface RunOverlay {
  readonly steps: ReadonlyMap<string, StepOverlay>;
  /** Ids of edges the run went along. */
  readonly taken: ReadonlySet<string>;
}

/** A step with several executions shows the one that most wants to be seen. */
const weight: readonly StepStatus[] = ['cancelled', 'succeeded', 'failed', 'queued', 'waiting', 'running'];

/** Lays a run over the edges of the version it ran. */
export function overlayRun(run: RunView, edges: readonly WorkflowEdge[]): RunOverlay {
  const steps = new Map<string, StepOverlay>();
  for (const step of run.steps) {
    const present = steps.get(step.nodeId);
    const executions = [...(present?.executions ?? []), step];
    const status =
      present !== undefined && weight.indexOf(present.status) > weight.indexOf(step.status)
        ? present.status
        : step.status;
    steps.set(step.nodeId, { status, executions });
  }
  const taken = edges.filter((edge) => isTaken(edge, steps)).map(edgeId);
  return { steps, taken: new Set(taken) };
}

function isTaken(edge: WorkflowEdge, steps: ReadonlyMap<string, StepOverlay>): boolean {
  if (!steps.has(edge.target)) return false;
  const leaving = steps.get(edge.source)?.executions ?? [];
  return leaving.some((step) => step.finishedAt !== null && leftBy(step) === portOf(edge));
}

function leftBy(step: StepView): string | null {
  if (step.port !== null) return step.port;
  return step.status === 'succeeded' ? ordinaryPort : null;
}
