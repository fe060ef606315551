/** Manage Triggers: everything that starts or resumes runs, in one list, switched one by one or many at once (SPEC 2; UI). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { endpointStateSchema, styleSchema } from '../model/endpoint.ts';
import { pageOf, pageQuery, timeSchema } from './views.ts';

export const triggerTypeSchema = z.enum(['webhook', 'schedule', 'api', 'manual']);

export const triggerSchema = z.object({
  /** The endpoint's id, or `<workflow>.<node>` of a start that has no endpoint. */
  id: z.string(),
  state: endpointStateSchema,
  type: triggerTypeSchema,
  /** Of a webhook. */
  style: styleSchema.nullable(),
  /** Name of the data source, or of the node. */
  eventName: z.string(),
  endpointId: z.string().nullable(),
  /** Whether one request starts several workflows. */
  isShared: z.boolean(),
  /** Where it stands; `version` null: only in the draft, or while the workflow is not live. */
  locations: z.array(
    z.object({
      project: z.string(),
      workflowId: z.string(),
      workflowName: z.string(),
      version: z.number().int().nullable(),
      nodeId: z.string(),
      nodeName: z.string(),
      role: z.enum(['start', 'wait', 'pass']),
    }),
  ),
  /** Without the key. */
  url: z.string().nullable(),
  lastCallAt: timeSchema.nullable(),
  /** When a schedule comes next; null for other starts, and while it is off. */
  nextAt: timeSchema.nullable(),
  /** Of a schedule. */
  schedule: z.object({ cron: z.string(), timeZone: z.string() }).nullable(),
  /** Of the last 24 hours: requests, or runs of a start that has no endpoint. */
  recent: z.object({ accepted: z.number().int(), rejected: z.number().int() }),
  /** Why it can not be switched here; null: it can. */
  fixed: z.string().nullable(),
});
export type TriggerView = z.infer<typeof triggerSchema>;

export const triggers = {
  list: oc
    .route({
      method: 'GET',
      path: '/triggers',
      tags: ['Triggers'],
      summary: 'List everything that starts runs',
    })
    .input(
      z.object({
        ...pageQuery,
        q: z.string().max(500).optional(),
        state: endpointStateSchema.optional(),
        type: triggerTypeSchema.optional(),
      }),
    )
    .output(pageOf(triggerSchema)),
  switch: oc
    .route({
      method: 'POST',
      path: '/triggers/switch',
      tags: ['Triggers'],
      summary: 'Activate or deactivate several at once',
    })
    .input(
      z.strictObject({
        ids: z.array(z.string().min(1).max(100)).min(1).max(500),
        state: endpointStateSchema,
      }),
    )
    .output(
      z.object({
        items: z.array(
          z.object({
            id: z.string(),
            /** What it is now; null: there is no such trigger. */
            state: endpointStateSchema.nullable(),
            /** Why it was not switched. */
            error: z.object({ code: z.string(), msg: z.string() }).nullable(),
          }),
        ),
      }),
    ),
};
