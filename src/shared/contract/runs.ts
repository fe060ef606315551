/** Runs: start, watch, cancel, retry (SPEC 9, 11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { runStatusSchema, targetSchema } from '../model/run.ts';
import { pageOf, pageQuery, runSchema, runSummarySchema } from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });

export const runs = {
  list: oc
    .route({ method: 'GET', path: '/workflow-runs', tags: ['Runs'], summary: 'List runs' })
    .input(
      z.object({
        ...pageQuery,
        workflow: z.string().max(64).optional(),
        status: runStatusSchema.optional(),
        since: z.iso.datetime({ offset: true }).optional(),
        until: z.iso.datetime({ offset: true }).optional(),
        q: z.string().max(500).optional(),
        /** Runs started or resumed by this captured request. */
        request: z.string().max(64).optional(),
      }),
    )
    .output(pageOf(runSummarySchema)),
  get: oc
    .route({
      method: 'GET',
      path: '/workflow-runs/{id}',
      tags: ['Runs'],
      summary: 'Get a run with its steps',
    })
    .input(idInput)
    .output(runSchema),
  start: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/runs',
      tags: ['Runs'],
      summary: 'Start a run: 202, or 200 when it waits for the end',
      inputStructure: 'detailed',
      outputStructure: 'detailed',
    })
    .input(
      z.object({
        params: idInput,
        body: z
          .strictObject({
            input: z.unknown().optional(),
            /** A record, or the cuid of an InventoryModel. */
            target: z.union([targetSchema, z.string().max(64)]).optional(),
            /** Answer when the run ended or after 30 s. */
            wait: z.boolean().optional(),
          })
          .default({}),
      }),
    )
    .output(
      z.union([
        z.object({ status: z.literal(202), body: runSchema }),
        z.object({ status: z.literal(200), body: runSchema }),
      ]),
    ),
  cancel: oc
    .route({
      method: 'POST',
      path: '/workflow-runs/{id}/cancel',
      tags: ['Runs'],
      summary: 'Cancel a live run',
    })
    .input(idInput)
    .output(runSchema),
  retry: oc
    .route({
      method: 'POST',
      path: '/workflow-runs/{id}/retry',
      tags: ['Runs'],
      summary: 'Run again with the same input, from the start or a step',
      successStatus: 202,
    })
    .input(idInput.extend({ fromStep: z.string().max(40).optional() }).strict())
    .output(runSchema),
};
