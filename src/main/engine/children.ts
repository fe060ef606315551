/**
 * Runs that runs make: what another workflow is called with, what comes back, and the run a failure starts
 * (SPEC 8, `workflow` and `settings.onFailure`). Planned here, made in the transaction of the step.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { RunView } from '../../shared/contract/views.ts';
import type { RunError } from '../../shared/model/run.ts';
import { z } from 'zod';
import type { Logger } from '../base/logger.ts';
import type { Vault } from '../base/vault.ts';
import type { StepCall } from '../steps/step.ts';
import type { Store } from '../store/open-store.ts';
import type { PlannedRun } from '../store/types.ts';
import { planStart, type StartTools } from './plan-start.ts';
import { type RunContext, readOutput } from './run-context.ts';

/** Runs that call one another, down from the first. */
const deepest = 20;

export interface CallTools extends StartTools {
  readonly vault: Vault;
  readonly logger: Logger;
  describe(runId: string): RunView | undefined;
}

/** How a run failed, before it is written. Instants in epoch ms. */
export interface FailureEnd {
  readonly error: RunError;
  /** When the step that fails it began. */
  readonly startedAt: number;
  readonly at: number;
}

export interface Calls {
  /** The run a step calls. @throws AppError `run_limit` (too deep), `step_failed` (no such workflow), `invalid` */
  plan(context: RunContext, call: StepCall): PlannedRun;
  /** What the step that waited gets: the end of its run, with its output. */
  endOf(value: unknown): unknown;
  /** The run a failure starts; undefined: none is to be. */
  planFailure(context: RunContext, end: FailureEnd): PlannedRun | undefined;
}

const endSchema = z.object({ runId: z.string(), status: z.string(), error: z.unknown() });

/** The output of a run that has ended. */
function outputOfRun(store: Store, vault: Vault, runId: string): unknown {
  const run = store.read.runs.byId(runId);
  const last = store.read.runs.steps(runId).find((step) => step.seq === run?.lastStepSeq);
  return run === undefined || last === undefined ? null : (readOutput(store, run, last, vault) ?? null);
}

/** Whether an execution has had its end, so that a failure now is not its own. */
function isEnded(status: string): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Makes the calls of an engine. */
export function createCalls(tools: CallTools): Calls {
  const { store, vault, logger } = tools;

  function depthBelow(runId: string): number {
    return (store.read.children.origin(runId)?.depth ?? 0) + 1;
  }

  /** A run as it will stand once it has failed (SPEC 11), its steps without what went in and came out. */
  function tellRun(runId: string, payload: unknown, { error, startedAt, at }: FailureEnd): unknown {
    const run = tools.describe(runId);
    if (run === undefined) return null;
    const began = new Date(startedAt).toISOString();
    const finishedAt = new Date(at).toISOString();
    const steps = run.steps.map((step) => {
      const { nodeId, name, type, status, attempt, error: fault } = step;
      if (nodeId !== error.nodeId || isEnded(status)) {
        return {
          nodeId,
          name,
          type,
          status,
          attempt,
          error: fault,
          startedAt: step.startedAt,
          finishedAt: step.finishedAt,
        };
      }
      const own = { attempt: Math.max(1, attempt), error, startedAt: step.startedAt ?? began, finishedAt };
      return { nodeId, name, type, status: 'failed', ...own };
    });
    const { id, workflowId, workflowName, version, target, requestId, createdAt } = run;
    const core = { id, workflowId, workflowName, version, target, requestId, createdAt };
    const ended = { status: 'failed', error, startedAt: run.startedAt ?? began, finishedAt };
    return { ...core, ...ended, input: payload, steps };
  }

  return {
    plan(context, { workflow: name, input, wait }) {
      const depth = depthBelow(context.facts.id);
      if (depth > deepest) {
        const message = `Workflows call one another more than ${deepest} deep.`;
        throw new AppError({ code: 'run_limit', message });
      }
      const workflow = store.read.workflows.byIdOrSlug(name);
      if (workflow === undefined) {
        throw new AppError({ code: 'step_failed', message: `There is no workflow "${name}".` });
      }
      const { payload } = triggerOf(context);
      return planStart(tools, {
        workflowId: workflow.id,
        input: input === undefined ? payload : input,
        target: context.facts.target ?? undefined,
        origin: { kind: 'workflow', depth, awaited: wait },
      });
    },

    endOf(value) {
      const end = endSchema.parse(value);
      const output = end.status === 'succeeded' ? outputOfRun(store, vault, end.runId) : null;
      return { ...end, output };
    },

    planFailure(context, end) {
      const { facts, graph } = context;
      if (graph.onFailure === undefined || facts.test !== null) return undefined;
      const origin = store.read.children.origin(facts.id);
      const depth = (origin?.depth ?? 0) + 1;
      if (origin?.kind === 'failure' || depth > deepest) return undefined;
      try {
        const workflow = store.read.workflows.byIdOrSlug(graph.onFailure);
        if (workflow === undefined) throw new AppError({ code: 'not_found', message: 'No such workflow.' });
        const { payload } = triggerOf(context);
        return planStart(tools, {
          workflowId: workflow.id,
          input: tellRun(facts.id, payload, end),
          target: facts.target ?? undefined,
          origin: { kind: 'failure', depth, awaited: false },
        });
      } catch (thrown) {
        const { message } = toAppError(thrown);
        logger.warn(
          { runId: facts.id, workflow: graph.onFailure, message },
          'a failure could not be passed on',
        );
        return undefined;
      }
    },
  };
}

/** The payload of a run. */
function triggerOf(context: RunContext): { readonly payload: unknown } {
  const { trigger } = context.startScope();
  return typeof trigger === 'object' && trigger !== null && 'payload' in trigger
    ? { payload: trigger.payload }
    : { payload: null };
}
