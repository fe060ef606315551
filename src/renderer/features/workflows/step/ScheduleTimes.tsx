/** The next times a schedule comes, below its pattern; or what is wrong with it. */
import { useDebouncedValue } from '@mantine/hooks';
import { useMirror } from '../../../data/mirror.ts';
import { schedulePreview } from '../../../data/schedules.ts';
import { TimeText } from '../../../ui/figures.tsx';
import classes from './StepModal.module.css';

/** Nothing while no pattern is typed. */
export function ScheduleTimes({ config }: { readonly config: Readonly<Record<string, unknown>> }) {
  const { cron, timeZone } = config;
  const [pattern] = useDebouncedValue(typeof cron === 'string' ? cron.trim() : '', 300);
  const [zone] = useDebouncedValue(typeof timeZone === 'string' ? timeZone : '', 300);
  const { data } = useMirror(schedulePreview, pattern === '' ? null : { cron: pattern, timeZone: zone });
  if (data === undefined || pattern === '') return null;
  if (data.fault !== null) {
    return (
      <p className={classes.scheduleFault} role="alert">
        {data.fault}
      </p>
    );
  }
  return (
    <div className={classes.schedule} role="status">
      <span>Comes next, by the clock of {data.timeZone}:</span>
      <ol>
        {data.next.map((at) => (
          <li key={at}>
            {inZone(at, data.timeZone)}{' '}
            <span className={classes.scheduleLocal}>
              (here: <TimeText at={at} />)
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function inZone(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(at));
}
