/** When a cron pattern comes next, asked while one types it. */
import type { SchedulePreview } from '../../shared/contract/schedules.ts';
import { defineMirror } from './mirror.ts';

export const schedulePreview = defineMirror<
  { readonly cron: string; readonly timeZone: string },
  SchedulePreview
>({
  topics: [],
  everyMs: 60_000,
  read: (client, input, signal) => client.schedules.preview(input, { signal }),
});
