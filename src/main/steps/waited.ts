/** What steps that wait for somebody have in common: how they end when nobody came in time. */
import { AppError } from '../../shared/errors.ts';
import type { StepContext, StepResult } from './step.ts';

/** The outlet of a wait that ran out. */
const timeoutPort = 'timeout';

/** The end of a wait that ran out: by its outlet, or failed where nothing follows that. */
export function endWaited(context: StepContext, message: string): StepResult {
  if (context.leadsOn(timeoutPort)) return { port: timeoutPort };
  return { failure: new AppError({ code: 'wait_timeout', message }) };
}
