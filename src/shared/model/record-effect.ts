/** What record steps ask of a worksheet: found at once, or done in the transaction that settles the step (SPEC 8, 9). */
import type { Condition } from './record-filter.ts';
import type { RecordData } from './record-values.ts';

/** Which records a step means: one, or those of a filter, which may not be more than `limit`. */
export type RecordPick =
  | { readonly cuid: string }
  | { readonly where: readonly Condition[]; readonly limit: number };

/** What is done when the step is settled; the step's output is what comes of it. */
export type RecordEffect = { readonly entity: string } & (
  | { readonly kind: 'create'; readonly cuid: string; readonly data: RecordData }
  | { readonly kind: 'update'; readonly pick: RecordPick; readonly data: RecordData }
  | { readonly kind: 'delete'; readonly pick: RecordPick }
  /** `cuid`: that of a record that has to be made. */
  | {
      readonly kind: 'upsert';
      readonly key: readonly string[];
      readonly data: RecordData;
      readonly cuid: string;
    }
);

/** Which records a step looks for. */
export interface RecordSearch {
  readonly entity: string;
  readonly where: readonly Condition[];
  readonly sort: string | undefined;
  readonly limit: number;
}

/** What it found: so many, in the order asked for. */
export interface FoundRecords {
  readonly count: number;
  /** Whether there are more than `limit`. */
  readonly more: boolean;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}
