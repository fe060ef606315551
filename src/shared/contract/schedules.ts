/** Schedules: what a cron pattern means, before it is used (SPEC 8). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { timeSchema } from './views.ts';

export const schedulePreviewSchema = z.object({
  /** Why it can not be used, in words; null when it can. */
  fault: z.string().nullable(),
  /** Which of the two is at fault. */
  faultIn: z.enum(['cron', 'timeZone']).nullable(),
  /** The zone whose clock is read: the given one, or this machine's. */
  timeZone: z.string(),
  next: z.array(timeSchema),
});
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>;

export const schedules = {
  preview: oc
    .route({
      method: 'GET',
      path: '/schedules/preview',
      tags: ['Triggers'],
      summary: 'Say when a cron pattern comes next',
    })
    .input(
      z.object({
        cron: z.string().max(200),
        /** Empty: the machine's. */
        timeZone: z.string().max(64).default(''),
        count: z.coerce.number().int().min(1).max(50).default(5),
        /** Instants after this one; absent: now. */
        after: z.iso.datetime({ offset: true }).optional(),
      }),
    )
    .output(schedulePreviewSchema),
};
