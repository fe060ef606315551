/** A bulk job: many stored requests judged again, or many runs repeated or cancelled, one by one (RELIABILITY D7). */
import { z } from 'zod';
import { repeatModeSchema } from './request.ts';

/**
 * `retry`: failed triggers; `replay`: any captured requests. `retryRuns`: runs from their start; `continueRuns`: from the
 * step that failed; `cancelRuns`: live runs. `import`: rows of a file.
 */
export const jobKindSchema = z.enum(['retry', 'replay', 'retryRuns', 'continueRuns', 'cancelRuns', 'import']);
export type JobKind = z.infer<typeof jobKindSchema>;

/** Whether it is about runs; the others are about requests. */
export function isOfRuns(kind: JobKind): boolean {
  return kind === 'retryRuns' || kind === 'continueRuns' || kind === 'cancelRuns';
}

export const jobStateSchema = z.enum(['queued', 'running', 'done', 'cancelled', 'failed']);
export type JobState = z.infer<typeof jobStateSchema>;

/** As captured, or signed anew with today's secret. */
export const jobModeSchema = repeatModeSchema;
export type JobMode = z.infer<typeof jobModeSchema>;
