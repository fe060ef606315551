/** What starts other than webhooks have in common: the output is the run's input. */
import type { StepContext, StepResult } from './step.ts';

/** Gives the payload of the run's trigger. */
export async function runStart(context: StepContext): Promise<StepResult> {
  const trigger = context.scope['trigger'];
  const payload =
    typeof trigger === 'object' && trigger !== null && 'payload' in trigger ? trigger.payload : null;
  return { output: payload };
}
