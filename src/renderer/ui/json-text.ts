/** A JSON value, or a plain text where one may stand in its place, to and from what is typed. */

export type ReadText =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: string };

/** Reads what was typed; nothing typed is `undefined`. */
export function readJsonOrText(text: string, isTextAllowed: boolean): ReadText {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(trimmed) };
  } catch (thrown) {
    if (isTextAllowed && !isMeantAsJson(trimmed)) return { ok: true, value: text };
    return { ok: false, fault: thrown instanceof Error ? thrown.message : 'This is not JSON.' };
  }
}

/** Writes a value so that `readJsonOrText` reads it back. */
export function writeJsonOrText(value: unknown, isTextAllowed: boolean): string {
  if (value === undefined) return '';
  if (isTextAllowed && typeof value === 'string' && readsAs(value)) return value;
  return JSON.stringify(value, null, 2) ?? '';
}

/** Whether a text stands for itself when typed as it is. */
function readsAs(text: string): boolean {
  const read = readJsonOrText(text, true);
  return read.ok && read.value === text;
}

/** `{`, `[` or `"` begin JSON, but `{{` begins an expression. */
function isMeantAsJson(trimmed: string): boolean {
  return /^["[]|^\{(?!\{)/.test(trimmed);
}
