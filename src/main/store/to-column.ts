/** Writes JSON columns. */

/** A value as the JSON text of a column; nothing and empty lists become NULL. */
export function toColumn(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && value.length === 0) return null;
  return JSON.stringify(value);
}
