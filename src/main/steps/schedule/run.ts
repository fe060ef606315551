/** The schedule start: its output tells when the run was due and when it began. Firing is the scheduler's work. */
import { runStart } from '../start.ts';
import type { StepKind } from '../step.ts';
import { checkCronRule, readCronRule } from './cron.ts';
import { scheduleDefinition } from './definition.ts';

export const scheduleStep: StepKind = {
  definition: scheduleDefinition,
  check: (config) => checkCronRule(readCronRule(config)),
  run: runStart,
};
