/** Captured requests and failed triggers: list, look inside, send again (SPEC 2, 4, 11). */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { requestDrift } from './samples.ts';
import { triageSchema } from '../model/request.ts';
import {
  comparisonSchema,
  exportEndSchema,
  exportInputSchema,
  exportPieceSchema,
  repeatShape,
  requestListSchema,
  requestSnippetSchema,
  verificationSchema,
} from './inspector.ts';
import { dismissAll, replayAll, retryAll } from './jobs.ts';
import {
  bodyViewSchema,
  failedTriggerSchema,
  failureGroupSchema,
  pageOf,
  pageQuery,
  requestSchema,
  requestSummarySchema,
} from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });

/** Answer of the endpoint to a request judged again. */
const judgedSchema = z.object({
  requestId: z.string().nullable(),
  status: z.number().int(),
  body: z.string(),
  runIds: z.array(z.string()),
});

export const requests = {
  drift: requestDrift,
  list: oc
    .route({ method: 'GET', path: '/requests', tags: ['Requests'], summary: 'List captured requests' })
    .input(requestListSchema)
    .output(pageOf(requestSummarySchema)),
  get: oc
    .route({ method: 'GET', path: '/requests/{id}', tags: ['Requests'], summary: 'Get a captured request' })
    .input(idInput)
    .output(requestSchema),
  /** For showing; the exact bytes are at `GET /v1/requests/{id}/body`. */
  preview: oc
    .route({
      method: 'GET',
      path: '/requests/{id}/preview',
      tags: ['Requests'],
      summary: 'Body as text or base64',
    })
    .input(idInput.extend({ maxBytes: z.coerce.number().int().min(1).max(33_554_432).default(262_144) }))
    .output(bodyViewSchema),
  curl: oc
    .route({
      method: 'GET',
      path: '/requests/{id}/curl',
      tags: ['Requests'],
      summary: 'The same request as a curl command',
    })
    .input(idInput)
    .output(z.object({ curl: z.string() })),
  replay: oc
    .route({
      method: 'POST',
      path: '/requests/{id}/replay',
      tags: ['Requests'],
      summary: 'Send a stored request again: as captured, edited, signed afresh, or to another endpoint',
    })
    .input(idInput.extend({ ...repeatShape, endpoint: z.string().min(1).max(64).optional() }).strict())
    .output(judgedSchema),
  replayAll,
  snippets: oc
    .route({
      method: 'GET',
      path: '/requests/{id}/snippets',
      tags: ['Requests'],
      summary: 'The same request as curl, fetch and HTTPie',
    })
    .input(idInput)
    .output(z.object({ items: z.array(requestSnippetSchema) })),
  verification: oc
    .route({
      method: 'GET',
      path: '/requests/{id}/verification',
      tags: ['Requests'],
      summary: 'Why its authentication passed or failed, and what mends it',
    })
    .input(idInput)
    .output(verificationSchema),
  compare: oc
    .route({ method: 'GET', path: '/requests/compare', tags: ['Requests'], summary: 'Compare two requests' })
    .input(z.object({ left: z.string().min(1).max(64), right: z.string().min(1).max(64) }))
    .output(comparisonSchema),
  /** The file in pieces. `GET /v1/requests/export` answers with the file itself. */
  export: oc
    .route({
      method: 'GET',
      path: '/requests/export',
      tags: ['Requests'],
      summary: 'Requests as HAR or JSON',
    })
    .input(exportInputSchema)
    .output(eventIterator(exportPieceSchema, exportEndSchema)),
};

export const failedTriggers = {
  retryAll,
  dismissAll,
  list: oc
    .route({
      method: 'GET',
      path: '/failed-triggers',
      tags: ['Failed triggers'],
      summary: 'List failed triggers',
    })
    .input(
      z.object({
        ...pageQuery,
        state: triageSchema.optional(),
        reason: z.string().max(60).optional(),
        endpoint: z.string().max(64).optional(),
      }),
    )
    .output(pageOf(failedTriggerSchema)),
  groups: oc
    .route({
      method: 'GET',
      path: '/failed-triggers/groups',
      tags: ['Failed triggers'],
      summary: 'Open ones by cause',
    })
    .output(z.object({ items: z.array(failureGroupSchema) })),
  retry: oc
    .route({
      method: 'POST',
      path: '/failed-triggers/{id}/retry',
      tags: ['Failed triggers'],
      summary: "Judge the stored request again by today's configuration",
    })
    .input(idInput.extend(repeatShape).strict())
    .output(judgedSchema),
  dismiss: oc
    .route({
      method: 'POST',
      path: '/failed-triggers/{id}/dismiss',
      tags: ['Failed triggers'],
      summary: 'Dismiss',
    })
    .input(idInput)
    .output(failedTriggerSchema),
};
