/** A figure as the table shows it, and what every measurement is given. */

export interface Row {
  name: string;
  /** The product's value, with its unit. */
  value: string;
  /** What it is compared with, e.g. bare Koa in the same run. */
  reference: string;
  ratio: string;
  goal: string;
  /** Undefined where this run cannot decide. */
  isMet: boolean | undefined;
}

export interface BenchSettings {
  /** Folder on the disk to measure. */
  disk: string;
  rounds: number;
  /** Counted seconds per load. */
  seconds: number;
  /** Requests stored before start and lists are measured. */
  stored: number;
  say: (line: string) => void;
}

export interface Figure {
  /** For `--only`. */
  name: string;
  measure: (settings: BenchSettings) => Promise<Row[]>;
}

/** The middle value; of an even number the higher of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
