/**
 * Silence: an endpoint that used to be called, or should have been by now, and is not. How long is too long is the
 * workflow's own setting (SPEC 8, `silenceAlarmHours`); refused calls break no silence. The time before it went live with
 * an alarm does not count, so nothing is silent the moment it is switched on.
 */
import type { HealthRow } from '../../store/health-read.ts';

const hourMs = 3_600_000;

export interface Silence {
  readonly alarmHours: number;
  /** The newest request that was not refused. */
  readonly lastAt: number | null;
  readonly isSilent: boolean;
  /** Since when nothing came, while it is silent: the last request, or the going live. */
  readonly since: number | null;
}

interface SilenceFacts {
  readonly alarmHours: number;
  /** What was kept when it was last looked at; undefined before the first look. */
  readonly known: HealthRow | undefined;
  /** The newest genuine request that is still stored. */
  readonly storedAt: number | undefined;
  readonly now: number;
}

/** Judges an endpoint that is live with an alarm. */
export function judgeSilence({ alarmHours, known, storedAt, now }: SilenceFacts): Silence {
  const lastAt = Math.max(known?.lastAt ?? 0, storedAt ?? 0);
  const since = Math.max(lastAt, known?.armedAt ?? now);
  const isSilent = now - since >= alarmHours * hourMs;
  return { alarmHours, lastAt: lastAt === 0 ? null : lastAt, isSilent, since: isSilent ? since : null };
}
