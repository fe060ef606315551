/** What people and programs ask of runs: start one, cancel one, do one again (SPEC 11). */
import { AppError } from '../../shared/errors.ts';
import { isLive } from '../../shared/model/run.ts';
import { newId } from '../base/ids.ts';
import type { JobPlace } from '../store/runs-write.ts';
import { comingWaits } from './coming-waits.ts';
import { type EditWish, planEdit } from './edit-run.ts';
import { planRetry } from './plan-retry.ts';
import { planStart, type StartRequest, type StartTools } from './plan-start.ts';
import type { Runner } from './runner.ts';

export interface CommandTools extends StartTools {
  readonly runner: Pick<Runner, 'cut'>;
  wake(): void;
}

/**
 * Starts a run of the live version, or of the newest where none is live.
 * @throws AppError as `planStart`
 */
export async function startRun(
  tools: CommandTools,
  request: StartRequest,
): Promise<{ readonly runId: string }> {
  const run = planStart(tools, request);
  await tools.store.write('startRuns', { runs: [run], at: tools.clock.now() });
  tools.wake();
  return { runId: run.id };
}

/** @throws AppError `not_found`; `conflict` when the run has ended. */
export async function cancelRun(tools: CommandTools, id: string): Promise<void> {
  const { applied, cancelledChildIds = [] } = await tools.store.write('cancelRun', {
    id,
    at: tools.clock.now(),
  });
  if (!applied) throw new AppError({ code: 'conflict', message: 'The run has ended already.' });
  for (const cancelledId of [id, ...cancelledChildIds]) tools.runner.cut(cancelledId);
  tools.wake();
}

/**
 * Does a run again, with the same version and input: from its start, or from a step with what came before kept. What is
 * edited stands with the new run.
 * @param jobItem the item of a bulk job this does, counted in the same commit
 * @throws AppError `not_found`, `conflict` (still live, step never reached, item done before), `workflow_missing`; `invalid` (an output of no kept step)
 */
export async function retryRun(
  tools: CommandTools,
  id: string,
  wish: EditWish,
  jobItem?: JobPlace,
): Promise<{ readonly runId: string }> {
  const { store, contexts, clock } = tools;
  const run = store.read.runs.byId(id);
  if (run === undefined) throw new AppError({ code: 'not_found', message: 'No such run.' });
  if (isLive(run.status)) {
    throw new AppError({ code: 'conflict', message: 'The run is still going on: cancel it first.' });
  }
  const graph = contexts.graphOf(run.workflowId, run.version);
  const steps = store.read.runs.steps(id);
  const { fromStep } = wish;
  const now = clock.now();
  const [start] = steps;
  if (start === undefined || !graph.nodes.has(run.startNodeId)) {
    throw new AppError({ code: 'workflow_missing' });
  }
  const frames = store.read.runs.framePlaces(id);
  const { keep, next, joins } = planRetry(graph, { steps, frames }, fromStep, now);
  const edit = planEdit(
    run,
    start,
    steps.filter((step) => keep.includes(step.seq)),
    wish,
  );
  const newRunId = newId('run');
  const coming = comingWaits(
    graph,
    newRunId,
    next.map((step) => step.nodeId),
    edit?.input === undefined ? () => contexts.get(id)?.startScope() ?? {} : undefined,
    tools.coming,
  );
  await store.write('retryRun', {
    id,
    newId: newRunId,
    keepStepSeqs: keep,
    next,
    joins,
    coming,
    edit,
    jobItem,
    at: now,
  });
  tools.wake();
  return { runId: newRunId };
}
