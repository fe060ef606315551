/**
 * Delay: asks to be run again at a moment. The moment is stored with the step, so a restart neither loses nor doubles
 * it (RELIABILITY P7).
 */
import { AppError } from '../../../shared/errors.ts';
import type { StepContext, StepKind } from '../step.ts';
import { delayDefinition } from './definition.ts';

/** The longest pause: a year. */
const longestMs = 31_536_000_000;
/** Numbers below are read as seconds since the epoch, others as milliseconds. */
const millisecondsFrom = 100_000_000_000;
const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const withZone = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** The instant a rendered `until` names: ISO 8601 with a zone, a date (midnight UTC), or time since the epoch. */
export function momentOf(value: unknown): number {
  const text = typeof value === 'string' ? value.trim() : '';
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : value;
  if (typeof number === 'number' && Number.isFinite(number)) {
    return number < millisecondsFrom ? number * 1_000 : number;
  }
  const isDate = dateOnly.test(text) || withZone.test(text);
  const instant = isDate ? Date.parse(text.replace(/^(\S{10}) /, '$1T').replace(/\s/g, '')) : Number.NaN;
  if (Number.isFinite(instant)) return instant;
  throw new AppError({
    code: 'step_failed',
    message: 'The moment to wait for is no date with a time zone, e.g. 2026-03-23T15:30:00Z.',
  });
}

function secondsOf(value: unknown): number {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds === 'number' && seconds >= 0 && seconds * 1_000 <= longestMs) return seconds;
  throw new AppError({
    code: 'step_failed',
    message: 'The seconds to wait are no number from 0 to 31,536,000.',
  });
}

/** Whether `until` is in use; an emptied form field is not. */
function hasUntil(config: Readonly<Record<string, unknown>>): boolean {
  return config['until'] !== undefined && config['until'] !== '';
}

async function dueAtOf({ config, render, clock }: StepContext): Promise<number> {
  const now = clock.now();
  if (!hasUntil(config)) return now + secondsOf(await render(config['seconds'])) * 1_000;
  const moment = momentOf(await render(config['until']));
  if (moment - now > longestMs) {
    throw new AppError({ code: 'step_failed', message: 'The moment to wait for is more than a year away.' });
  }
  return moment;
}

export const delayStep: StepKind = {
  definition: delayDefinition,
  check(config) {
    const hasSeconds = config['seconds'] !== undefined;
    if (hasSeconds && hasUntil(config))
      return [{ path: 'until', message: 'Give seconds or until, not both.' }];
    if (!hasSeconds && !hasUntil(config)) return [{ path: 'seconds', message: 'Give seconds or until.' }];
    return [];
  },
  async run(context) {
    if (context.isDelayOver) return { output: { waitedUntil: new Date(context.clock.now()).toISOString() } };
    const dueAt = await dueAtOf(context);
    const input = { until: new Date(dueAt).toISOString() };
    if (dueAt <= context.clock.now()) return { output: { waitedUntil: input.until }, input };
    return { delayUntilAt: dueAt, input };
  },
};
