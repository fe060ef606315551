/** Runs: start, watch, cancel, retry, approve (SPEC 9, 11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { nodeIdSchema } from '../model/document.ts';
import { targetSchema } from '../model/run.ts';
import { cancelAllRuns, retryAllRuns } from './jobs.ts';
import { runListShape } from './run-filter.ts';
import { pageOf, pageQuery, runSchema, runSummarySchema, workflowSchema } from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });

/** A document as it is shown: secrets masked. */
const runDocumentSchema = z.object({
  /** 0: a draft. */
  version: z.number().int(),
  document: workflowSchema.pick({ name: true, nodes: true, edges: true }),
});

/** A node id and the output that stands for doing it. */
const outputsSchema = z.record(nodeIdSchema, z.unknown());

/**
 * What makes a start a test run. Any of these does: the run is marked, no caller is answered by it, and `pins` and
 * `outputs` stand for doing steps. Outward steps really act unless they are pinned or it is a dry run.
 */
export const testRunShape = {
  /** A version that need not be live, or the draft as it is now. */
  version: z.union([z.number().int().min(1), z.literal('draft')]).optional(),
  /** A captured request: its payload, headers and query are the trigger, at its own webhook node. */
  request: z.string().min(1).max(64).optional(),
  /** Begin at this step; what is pinned before it counts as done. */
  fromStep: nodeIdSchema.optional(),
  /** End with this step; only what leads there is done. */
  until: nodeIdSchema.optional(),
  /** This step alone: `fromStep` and `until` in one. */
  onlyStep: nodeIdSchema.optional(),
  /** Outward steps show what they would do, and do nothing. */
  dryRun: z.boolean().optional(),
  /** Take the pins of the workflow. Default: for the draft. */
  pins: z.boolean().optional(),
  /** Outputs beside the pins, for this run; they win. */
  outputs: outputsSchema.optional(),
} as const;

/** How a run is repeated: what is left out stays as it was. */
const retryShape = {
  fromStep: nodeIdSchema.optional(),
  /** The payload instead of the one it had. */
  input: z.unknown().optional(),
  /** Outputs of steps that are kept, instead of what they gave. */
  outputs: outputsSchema.optional(),
} as const;

export const runs = {
  list: oc
    .route({ method: 'GET', path: '/workflow-runs', tags: ['Runs'], summary: 'List runs' })
    .input(z.object({ ...pageQuery, ...runListShape }))
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
  /** For showing a run upon its own graph, which may be no version's. */
  document: oc
    .route({
      method: 'GET',
      path: '/workflow-runs/{id}/document',
      tags: ['Runs'],
      summary: 'The workflow document a run is on',
    })
    .input(idInput)
    .output(runDocumentSchema),
  start: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/runs',
      tags: ['Runs'],
      summary: 'Start a run, live or to try the workflow out: 202, or 200 when it waits for the end',
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
            /** Where there are several starts: which one. Absent: the first for people, or for programs. */
            start: nodeIdSchema.optional(),
            /** Answer when the run ended, waits for somebody outside, or after 30 s. */
            wait: z.boolean().optional(),
            ...testRunShape,
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
      summary: 'Run again, from the start or a step, with the same data or edited',
      successStatus: 202,
    })
    .input(idInput.extend(retryShape).strict())
    .output(runSchema),
  cancelAll: cancelAllRuns,
  retryAll: retryAllRuns,
  approve: oc
    .route({
      method: 'POST',
      path: '/workflow-runs/{id}/steps/{nodeId}/approve',
      tags: ['Runs', 'Approvals'],
      summary: 'Approve or reject what a run waits for',
    })
    .input(
      idInput
        .extend({
          nodeId: z.string().min(1).max(40),
          /** False: rejected. */
          approved: z.boolean().default(true),
          /** Answers to the form, by the names of its questions. */
          form: z.record(z.string().max(100), z.unknown()).optional(),
          comment: z.string().max(10_000).default(''),
          /** Where a step asks several times at once, as in a loop: which one. Absent: the oldest. */
          approvalId: z.string().max(64).optional(),
        })
        .strict(),
    )
    .output(runSchema),
};
