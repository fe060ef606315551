/** Notifications: what workflows tell the operator, and questions that wait for an answer. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { pageOf, pageQuery, timeSchema } from './views.ts';

export const notificationSchema = z.object({
  id: z.string(),
  /** `approval`: a run waits for an answer. */
  kind: z.enum(['notify', 'approval']),
  level: z.enum(['info', 'success', 'warning', 'error']),
  title: z.string(),
  message: z.string(),
  runId: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  nodeId: z.string(),
  /** Of an approval: which one it asks for. */
  approvalId: z.string().nullable(),
  at: timeSchema,
  isRead: z.boolean(),
});
export type NotificationView = z.infer<typeof notificationSchema>;

const idsInput = z.strictObject({
  /** Absent: all of them. */
  ids: z.array(z.string().max(64)).min(1).max(500).optional(),
});

export const notifications = {
  list: oc
    .route({
      method: 'GET',
      path: '/notifications',
      tags: ['Notifications'],
      summary: 'List notifications, newest first; the newest 1,000 are kept',
    })
    .input(z.object({ ...pageQuery, unread: z.stringbool().or(z.boolean()).optional() }))
    .output(pageOf(notificationSchema).extend({ unread: z.number().int() })),
  read: oc
    .route({
      method: 'POST',
      path: '/notifications/read',
      tags: ['Notifications'],
      summary: 'Mark notifications as read',
    })
    .input(idsInput)
    .output(z.object({ count: z.number().int() })),
  clear: oc
    .route({
      method: 'POST',
      path: '/notifications/clear',
      tags: ['Notifications'],
      summary: 'Remove notifications from the list',
    })
    .input(idsInput)
    .output(z.object({ count: z.number().int() })),
};
