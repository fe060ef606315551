/** The times a request carries: in a header of their own, or as an entry of the signature's. */
import type { HeaderList } from '../../../shared/model/request.ts';
import { readIsoTime } from '../timestamp.ts';

export interface PresentedTime {
  /** Name of the header. */
  readonly name: string;
  /** Name of the entry in it, e.g. `t`; undefined where the header holds nothing else. */
  readonly entry: string | undefined;
  readonly unit: 's' | 'ms' | 'iso';
  readonly text: string;
}

const mostTimes = 6;

/** The times among headers that `isWanted` by name and text. */
export function timesIn(
  headers: HeaderList,
  isWanted: (name: string, text: string) => boolean,
): readonly PresentedTime[] {
  return headers
    .flatMap(([name, value]) => {
      const entries = value.length > 2_000 ? [] : value.split(/[,;]\s*/, 20);
      const whole = timeOf(name, undefined, value);
      return [whole, ...entries.map((entry) => timeOf(name, ...parted(entry)))];
    })
    .filter((time) => time !== undefined)
    .filter(({ name, text, entry }) => entry !== undefined || isWanted(name, text))
    .slice(0, mostTimes);
}

function parted(entry: string): [string | undefined, string] {
  const found = /^(t|ts|time|timestamp)=(.+)$/i.exec(entry.trim());
  return found === null ? [undefined, ''] : [found[1] ?? '', found[2] ?? ''];
}

function timeOf(name: string, entry: string | undefined, text: string): PresentedTime | undefined {
  if (/^\d{9,10}$/.test(text)) return { name, entry, unit: 's', text };
  if (/^\d{12,13}$/.test(text)) return { name, entry, unit: 'ms', text };
  return readIsoTime(text) === undefined ? undefined : { name, entry, unit: 'iso', text };
}

/** Epoch ms of a time. */
export function instantOf({ unit, text }: Pick<PresentedTime, 'unit' | 'text'>): number {
  return unit === 'iso' ? (readIsoTime(text) ?? 0) : Number(text) * (unit === 's' ? 1_000 : 1);
}

/** The same instant in other units: what a caller may have signed while it sent this one. */
export function otherSpellings(time: PresentedTime): readonly PresentedTime[] {
  const at = instantOf(time);
  const spelled = [
    { ...time, unit: 's' as const, text: String(Math.floor(at / 1_000)) },
    { ...time, unit: 'ms' as const, text: String(at) },
    { ...time, unit: 'iso' as const, text: new Date(at).toISOString() },
    { ...time, unit: 'iso' as const, text: new Date(at).toISOString().replace('.000Z', 'Z') },
  ];
  return spelled.filter(({ text }) => text !== time.text);
}
