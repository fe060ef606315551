/** Instants as the API writes them: ISO 8601 UTC texts (SPEC 11). */

/** An instant in epoch ms as text. */
export function toTime(at: number): string {
  return new Date(at).toISOString();
}

/** The same for an instant that may not have come yet. */
export function toTimeOrNull(at: number | null): string | null {
  return at === null ? null : toTime(at);
}

/** A time a caller gave, in epoch ms; the contract has judged its form. */
export function toInstant(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
