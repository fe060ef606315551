/**
 * Bulk jobs: failed triggers retried, requests replayed, runs repeated and cancelled by the thousand, watched and
 * cancelled themselves (SPEC 2, RELIABILITY D7).
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { jobKindSchema, jobModeSchema, jobStateSchema } from '../model/job.ts';
import { requestFilterShape } from './inspector.ts';
import { runFilterShape } from './run-filter.ts';
import { pageOf, pageQuery, timeSchema } from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });

export const jobSchema = z.object({
  id: z.string(),
  kind: jobKindSchema,
  /** How requests are sent again: `asCaptured` with the credentials they came with, `signed` with today's. */
  mode: jobModeSchema,
  title: z.string(),
  state: jobStateSchema,
  /** Requests or runs chosen when the job was made; it never takes more. */
  total: z.number().int(),
  done: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  /** Why the last item failed, or what ended the job. */
  lastError: z.string().nullable(),
});
export type JobView = z.infer<typeof jobSchema>;

/** Which failed triggers a bulk action means; without a filter all open ones. */
export const failedSelectionSchema = z.object({
  reason: z.string().max(60).optional(),
  endpoint: z.string().max(64).optional(),
});

const mode = jobModeSchema.default('asCaptured');

export const retryAll = oc
  .route({
    method: 'POST',
    path: '/failed-triggers/retry-all',
    tags: ['Failed triggers'],
    summary: 'Retry all open ones of a cause or endpoint, as a job',
    successStatus: 202,
  })
  .input(failedSelectionSchema.extend({ mode }))
  .output(jobSchema);

export const dismissAll = oc
  .route({
    method: 'POST',
    path: '/failed-triggers/dismiss-all',
    tags: ['Failed triggers'],
    summary: 'Dismiss all open ones of a cause or endpoint',
  })
  .input(failedSelectionSchema)
  .output(z.object({ dismissed: z.number().int() }));

export const replayAll = oc
  .route({
    method: 'POST',
    path: '/requests/replay-all',
    tags: ['Requests'],
    summary: 'Send all requests that the filters choose again, oldest first, as a job',
    successStatus: 202,
  })
  .input(z.object({ ...requestFilterShape, mode }))
  .output(jobSchema);

export const retryAllRuns = oc
  .route({
    method: 'POST',
    path: '/workflow-runs/retry-all',
    tags: ['Runs'],
    summary: 'Run all failed runs that the filters choose again, oldest first, as a job',
    successStatus: 202,
  })
  .input(
    z.strictObject({
      ...runFilterShape,
      /** Which of those that have ended. */
      status: z.enum(['failed', 'cancelled']).default('failed'),
      /** `start`: all of it again; `failedStep`: what came before the failed step is kept. */
      from: z.enum(['start', 'failedStep']).default('start'),
    }),
  )
  .output(jobSchema);

export const cancelAllRuns = oc
  .route({
    method: 'POST',
    path: '/workflow-runs/cancel-all',
    tags: ['Runs'],
    summary: 'Cancel all live runs that the filters choose, as a job',
    successStatus: 202,
  })
  .input(
    z.strictObject({
      ...runFilterShape,
      /** Absent: all that have not ended. */
      status: z.enum(['queued', 'running', 'waiting']).optional(),
    }),
  )
  .output(jobSchema);

export const jobs = {
  list: oc
    .route({ method: 'GET', path: '/jobs', tags: ['Jobs'], summary: 'List bulk jobs' })
    .input(z.object({ ...pageQuery, state: jobStateSchema.optional() }))
    .output(pageOf(jobSchema)),
  get: oc
    .route({ method: 'GET', path: '/jobs/{id}', tags: ['Jobs'], summary: 'Get a bulk job with its progress' })
    .input(idInput)
    .output(jobSchema),
  cancel: oc
    .route({
      method: 'POST',
      path: '/jobs/{id}/cancel',
      tags: ['Jobs'],
      summary: 'Cancel; what was done stays done',
    })
    .input(idInput)
    .output(jobSchema),
};
