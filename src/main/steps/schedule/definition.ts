/** The schedule start as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const scheduleDefinition: StepDefinition = {
  kind: 'schedule',
  title: 'Schedule',
  group: 'Start',
  icon: 'CalendarTime',
  description: 'Starts a run at set times. What was missed while the machine slept is made up for once.',
  fields: [
    {
      name: 'cron',
      label: 'Times',
      kind: 'text',
      required: true,
      maxLength: 200,
      placeholder: '0 9 * * MON-FRI',
      help: 'Cron: minute, hour, day, month, weekday; with a sixth part in front, seconds.',
    },
    {
      name: 'timeZone',
      label: 'Time zone',
      kind: 'text',
      maxLength: 64,
      suggest: 'timeZones',
      placeholder: 'Europe/Berlin',
      help: 'Whose clock the times are read by; empty: the clock of this machine.',
    },
  ],
  outlets: { kind: 'one' },
  start: 'only',
  effect: 'none',
  summary: 'At {cron} {timeZone}',
};
