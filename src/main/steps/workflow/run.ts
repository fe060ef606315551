/**
 * Run workflow: has a run of another workflow made in its own transaction, and goes on when that run has ended or at
 * once. The end of the one is the going on of the other, in one commit.
 */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { textOf } from '../../../shared/expression/template.ts';
import type { StepKind, StepResult } from '../step.ts';
import { endWaited } from '../waited.ts';
import { workflowDefinition } from './definition.ts';

/** How the run that was called ended, as the engine tells it. */
const calledEndSchema = z.object({
  runId: z.string(),
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  output: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).loose().nullable(),
});

function endCalled(resumed: unknown): StepResult {
  const { runId, status, output = null, error } = calledEndSchema.parse(resumed);
  if (status === 'succeeded') return { output: { runId, status, output } };
  const message =
    status === 'cancelled'
      ? `The run ${runId} was cancelled.`
      : `The run ${runId} failed: ${error?.message ?? ''}`;
  const details = { runId, status, ...(error === null ? {} : { code: error.code }) };
  return {
    output: { runId, status, output: null },
    failure: new AppError({ code: 'run_failed', message, details }),
  };
}

export const workflowStep: StepKind = {
  definition: workflowDefinition,
  async run(context) {
    const { config, render, resumed } = context;
    if (context.isWaitOver)
      return endWaited(context, 'The run that was called took too long and was cancelled.');
    if (resumed !== undefined) return endCalled(resumed);
    const workflow = textOf(config['workflow'] ?? '').trim();
    const input = config['input'] === undefined ? undefined : await render(config['input']);
    const wait = config['wait'] !== false;
    return {
      call: { workflow, input, wait },
      input: { workflow, ...(input === undefined ? {} : { input }), wait },
    };
  },
};
