/** The scope one step is evaluated over: of all names only those its config reads (SPEC 7). */
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { RecordRow } from '../store/types.ts';
import type { GraphNode } from './graph.ts';
import { type RunContext, roundsOf, type StepSpot } from './run-context.ts';
import { runScope } from './scope.ts';

export interface ScopeSources {
  /** The record a run works for, as it is now. */
  recordOf(cuid: string, entity: string): RecordRow | undefined;
  /** URL that resumes the run at a waiting node. */
  resumeUrlOf(runId: string, nodeId: string, turn: number, rounds: readonly number[]): string;
}

/** A record as expressions see it: its fields, and beside them what it is. */
export function recordScope(row: RecordRow): Readonly<Record<string, unknown>> {
  return {
    ...row.data,
    cuid: row.cuid,
    entity: row.entity,
    data: row.data,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}

/**
 * URL of the wait ahead: of this very arrival for a waiting node itself, of the first for one further on. In a loop it
 * is that of the same round; of a loop further on, that of its first.
 */
function resumeUrlOf(
  context: RunContext,
  node: GraphNode,
  step: StepSpot,
  sources: ScopeSources,
): string | undefined {
  const { waitAhead } = node;
  if (waitAhead === undefined) return undefined;
  const turn = waitAhead === node.id ? context.arrivalsBefore(node.id, step) : 0;
  const own = roundsOf(context, step.frameSeq);
  const rounds = (context.graph.nodes.get(waitAhead)?.loops ?? []).map((loop, depth) =>
    loop === node.loops[depth] ? (own[depth] ?? 0) : 0,
  );
  return sources.resumeUrlOf(context.facts.id, waitAhead, turn, rounds);
}

/** Builds the scope of a step. */
export function scopeOfStep(
  context: RunContext,
  node: GraphNode,
  step: StepSpot,
  sources: ScopeSources,
): ExpressionScope {
  const { reads } = node;
  const wants = (root: string): boolean => reads === 'all' || reads.has(root);
  const { facts } = context;
  const wantsStart = wants('trigger') || wants('webhookData') || wants('params');
  const record =
    facts.target !== null && wants('target')
      ? sources.recordOf(facts.target.cuid, facts.target.entity)
      : undefined;
  const resumeUrl = wants('run') ? resumeUrlOf(context, node, step, sources) : undefined;
  const frame =
    step.frameSeq !== null && (wants('item') || wants('index'))
      ? context.framesAround(step.frameSeq).at(-1)
      : undefined;
  return {
    ...(wantsStart ? context.startScope() : {}),
    ...(wants('steps') ? { steps: context.stepsScope(step.frameSeq) } : {}),
    ...(record === undefined ? {} : { target: recordScope(record) }),
    ...(wants('run')
      ? {
          run: runScope({
            id: facts.id,
            workflowId: facts.workflowId,
            startedAt: facts.createdAt,
            resumeUrl,
          }),
        }
      : {}),
    ...(frame === undefined ? {} : { item: frame.item, index: frame.row.index }),
    vars: {},
  };
}
