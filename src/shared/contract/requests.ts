/** Captured requests and failed triggers: list, look inside, send again (SPEC 2, 4, 11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { triageSchema, verdictSchema } from '../model/request.ts';
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
const instant = z.iso.datetime({ offset: true });

/** Answer of the endpoint to a request judged again. */
const judgedSchema = z.object({
  requestId: z.string().nullable(),
  status: z.number().int(),
  body: z.string(),
  runIds: z.array(z.string()),
});

export const requests = {
  list: oc
    .route({ method: 'GET', path: '/requests', tags: ['Requests'], summary: 'List captured requests' })
    .input(
      z.object({
        ...pageQuery,
        endpoint: z.string().max(64).optional(),
        verdict: verdictSchema.optional(),
        status: z.coerce.number().int().optional(),
        method: z.string().max(20).optional(),
        since: instant.optional(),
        until: instant.optional(),
        q: z.string().max(500).optional(),
      }),
    )
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
      summary: 'Send the stored bytes again',
    })
    .input(idInput)
    .output(judgedSchema),
};

export const failedTriggers = {
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
    .input(idInput)
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
