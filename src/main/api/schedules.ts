/** Schedules: when a cron pattern comes, and what is wrong with one, while it is typed (SPEC 8). */
import type { SchedulePreview } from '../../shared/contract/schedules.ts';
import { checkCronRule, localTimeZone, nextTimes } from '../steps/schedule/cron.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toInstant, toTime } from './times.ts';

/** `schedules.*` of the contract. */
export function scheduleProcedures(os: Procedures, { clock }: ApiParts) {
  return {
    preview: os.schedules.preview.use(requires('read')).handler(({ input }): SchedulePreview => {
      const rule = { cron: input.cron, timeZone: input.timeZone.trim() };
      const timeZone = rule.timeZone === '' ? localTimeZone() : rule.timeZone;
      const [fault] = checkCronRule(rule);
      if (fault !== undefined) return { fault: fault.message, faultIn: fault.path, timeZone, next: [] };
      const next = nextTimes(rule, toInstant(input.after) ?? clock.now(), input.count);
      return { fault: null, faultIn: null, timeZone, next: next.map(toTime) };
    }),
  };
}
