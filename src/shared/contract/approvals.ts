/** Approvals: what waits for a person's word (SPEC 8, 11). They are answered by `runs.approve`. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { formFieldSchema } from '../model/form.ts';
import { pageOf, pageQuery, timeSchema } from './views.ts';

export const approvalSchema = z.object({
  /** Names this very question, also where a step asks several at once, as in a loop. */
  id: z.string(),
  runId: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  nodeId: z.string(),
  nodeName: z.string(),
  title: z.string(),
  message: z.string(),
  /** Whose word is wanted; null: anybody's. */
  assignee: z.string().nullable(),
  fields: z.array(formFieldSchema),
  waitingSince: timeSchema,
  /** When it is too late; null: never. */
  timeoutAt: timeSchema.nullable(),
});
export type ApprovalView = z.infer<typeof approvalSchema>;

export const approvals = {
  list: oc
    .route({
      method: 'GET',
      path: '/approvals',
      tags: ['Approvals'],
      summary: 'List what waits for approval',
    })
    .input(
      z.object({
        ...pageQuery,
        workflow: z.string().max(64).optional(),
        run: z.string().max(64).optional(),
      }),
    )
    .output(pageOf(approvalSchema).extend({ total: z.number().int() })),
};
