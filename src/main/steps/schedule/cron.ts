/**
 * Cron patterns by the clock of a time zone: when they come, and what is wrong with one. A moment the zone's clock skips
 * is taken up when the clock goes on; one that comes twice is taken once, unless the pattern names no hour.
 */
import { Cron } from 'croner';

/** A pattern and the zone whose clock it is read by. */
export interface CronRule {
  readonly cron: string;
  /** IANA name, e.g. `Europe/Berlin`; empty: this machine's. */
  readonly timeZone: string;
}

const nicknames: readonly string[] = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@hourly'];

/** The zone of this machine. */
export function localTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the platform knows a zone by this name. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Why a pattern can not be used, in words; undefined when it can. Whether it ever comes is not asked. */
function cronFault(cron: string): string | undefined {
  const parts = cron.trim().split(/\s+/);
  const isNickname = nicknames.includes(cron.trim().toLowerCase());
  if (!isNickname && (parts.length < 5 || parts.length > 6)) {
    return 'Give five parts: minute, hour, day, month, weekday; or six, with the second first.';
  }
  try {
    new Cron(cron.trim(), { paused: true }).stop();
    return undefined;
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message.replace(/^Cron\w+: /, '') : 'It can not be read.';
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
  }
}

/**
 * The next instants after `afterAt`, oldest first, at most `count`; fewer when the pattern does not come so often. The
 * rule has no fault.
 */
export function nextTimes({ cron, timeZone }: CronRule, afterAt: number, count: number): readonly number[] {
  const timezone = timeZone === '' ? localTimeZone() : timeZone;
  return new Cron(cron.trim(), { paused: true, timezone })
    .nextRuns(count, new Date(afterAt))
    .map((date) => date.getTime());
}

/** The first instant after `afterAt`; null: it never comes again. */
export function nextTime(rule: CronRule, afterAt: number): number | null {
  return nextTimes(rule, afterAt, 1)[0] ?? null;
}

/** What a schedule's config says. */
export function readCronRule(config: Readonly<Record<string, unknown>>): CronRule {
  const { cron, timeZone } = config;
  return {
    cron: typeof cron === 'string' ? cron : '',
    timeZone: typeof timeZone === 'string' ? timeZone.trim() : '',
  };
}

/** What is wrong with a rule, by setting. */
export function checkCronRule({
  cron,
  timeZone,
}: CronRule): readonly { readonly path: 'cron' | 'timeZone'; readonly message: string }[] {
  const fault = cronFault(cron);
  const issues: { path: 'cron' | 'timeZone'; message: string }[] = [];
  if (fault !== undefined) issues.push({ path: 'cron', message: fault });
  if (timeZone !== '' && !isTimeZone(timeZone)) {
    issues.push({
      path: 'timeZone',
      message: `There is no time zone "${timeZone}". Names are like Europe/Berlin or UTC.`,
    });
  }
  if (issues.length === 0 && nextTime({ cron, timeZone }, Date.UTC(2024, 0, 1)) === null) {
    issues.push({ path: 'cron', message: 'This never comes: there is no such day.' });
  }
  return issues;
}
