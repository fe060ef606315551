/** Where a run comes from, what it made, and everything it waits for, as people and programs see it. */
import type { RunTrigger, RunView, RunWait } from '../../shared/contract/views.ts';
import { approvalId } from './approvals.ts';
import type { Store } from '../store/open-store.ts';
import type { RunRow, StepRow } from '../store/types.ts';

/** What started a run, and the step of another one that did. */
export function lineageOf(
  store: Store,
  run: RunRow,
): { readonly trigger: RunTrigger; readonly parent: RunView['parent'] } {
  const origin = store.read.children.origin(run.id);
  const { parent = null } = origin ?? {};
  return {
    trigger: triggerOf(run, origin?.kind),
    parent: parent === null ? null : { runId: parent.runId, nodeId: parent.nodeId },
  };
}

function triggerOf(run: RunRow, kind: RunTrigger | undefined): RunTrigger {
  if (run.test !== null) return 'test';
  if (run.retryOf !== null) return 'retry';
  return kind ?? (run.requestId === null ? 'api' : 'webhook');
}

/** Runs it made, the oldest first. */
export function childrenOf(store: Store, runId: string): RunView['children'] {
  return store.read.children
    .of(runId)
    .map(({ runId: id, workflowId, workflowName, nodeId, status, kind, awaited }) => ({
      runId: id,
      workflowId,
      workflowName,
      nodeId,
      status,
      trigger: kind,
      awaited,
    }));
}

const kinds: Readonly<Record<string, RunWait['kind']>> = {
  wait: 'webhook',
  delay: 'delay',
  approval: 'approval',
  child: 'workflow',
  loop: 'loop',
  join: 'join',
};

const toTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/**
 * What a live run waits for, the oldest first.
 * @param resumePathOf path that resumes a webhook step
 */
export function waitsOf(
  store: Store,
  runId: string,
  steps: readonly StepRow[],
  resumePathOf: (step: StepRow) => string,
): RunView['waits'] {
  const waiting = steps.filter((step) => step.status === 'waiting');
  // The newest run of a step is the one it waits for.
  const children = waiting.some(({ waitKind }) => waitKind === 'child')
    ? new Map(store.read.children.of(runId).map((child) => [child.stepSeq, child.runId]))
    : new Map<number, string>();
  return waiting.map((step) => ({
    nodeId: step.nodeId,
    name: step.name,
    kind: kinds[step.waitKind ?? ''] ?? 'webhook',
    sentence: step.waitingFor ?? '',
    since: toTime(step.startedAt),
    until: toTime(step.dueAt),
    resumeUrl: step.waitKind === 'wait' ? resumePathOf(step) : null,
    childRunId: children.get(step.seq) ?? null,
    approvalId: step.waitKind === 'approval' ? approvalId(step.seq) : null,
    curl: null,
  }));
}
