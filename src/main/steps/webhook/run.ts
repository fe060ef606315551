/**
 * A webhook step reached by a run. Starting and waiting are the engine's own work, as both write the request and the
 * step in one transaction; what is left to do here is the third case, passing through (SPEC 3, Waits).
 */
import type { StepKind } from '../step.ts';
import { webhookDefinition } from './definition.ts';

export const webhookStep: StepKind = {
  definition: webhookDefinition,
  run: async () => ({}),
};
