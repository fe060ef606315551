/**
 * Names with values, as forms and queries send them. Repeated names become lists (SPEC 4.9). Names are kept in a map
 * until the end, so that `__proto__` is a name like any other.
 */
import { AppError } from '../../../shared/errors.ts';

/** Groups pairs by name: one value stays itself, several become a list in the order sent. */
export function groupByName<Value>(
  pairs: Iterable<readonly [string, Value]>,
): Record<string, Value | readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  const entries: [string, Value | readonly Value[]][] = [];
  for (const [name, group] of groups) {
    const [only] = group;
    entries.push([name, group.length === 1 && only !== undefined ? only : group]);
  }
  // fromEntries defines own properties, whatever their name.
  return Object.fromEntries(entries);
}

/** The decoded pairs of a query or form text, in the order sent. */
export function readPairs(text: string): ReadonlyArray<readonly [string, string]> {
  // A question mark in front would be taken for the mark of a query.
  return text === '' ? [] : [...new URLSearchParams(text.startsWith('?') ? `&${text}` : text)];
}

/** Pairs a form may have (RELIABILITY A15). */
const maxPairs = 1_000;

/**
 * The pairs of a form's body. They are counted before they are read: half a million of them, which fit into 1 MiB, would
 * take seconds.
 * @throws AppError `too_many_keys`
 */
export function readForm(bytes: Uint8Array): ReadonlyArray<readonly [string, string]> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  let count = 0;
  for (let from = 0; from < text.length; ) {
    const mark = text.indexOf('&', from);
    const end = mark === -1 ? text.length : mark;
    if (end > from && ++count > maxPairs) {
      throw new AppError({ code: 'too_many_keys', message: `The form has more than ${maxPairs} fields.` });
    }
    from = end + 1;
  }
  return readPairs(text);
}
