/**
 * A JSON value as rows: only what is unfolded exists, at most a hundred levels deep, and long lists are cut into
 * pages. Pure; `JsonTree` draws the rows.
 */

/** A number that a double can not hold, kept as the digits that were sent. */
export class LongNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Parses JSON and keeps the digits of numbers a double can not hold. Throws `SyntaxError`. */
export function parseKeepingDigits(text: string): unknown {
  // Looking at every number costs; most bodies hold no long one.
  if (!/\d{16}|\d[eE][+-]?\d{3}|\.\d{16}/.test(text)) return JSON.parse(text);
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    return sameNumber(value, context.source) ? value : new LongNumber(context.source);
  };
  return JSON.parse(text, revive);
}

function sameNumber(value: number, source: string): boolean {
  if (String(value) === source) return true;
  if (!Number.isFinite(value)) return false;
  // `1.0`, `1e3` and the like say the same as the double does; more digits than a double keeps do not.
  return (
    source
      .replace(/[eE].*$/, '')
      .replace(/\D/g, '')
      .replace(/^0+/, '').length <= 15
  );
}

export type JsonPath = readonly (string | number)[];

export interface JsonRow {
  /** Identity of the row: its path as JSON. */
  readonly id: string;
  readonly path: JsonPath;
  readonly depth: number;
  /** Name of the member or index of the entry; null for the whole. */
  readonly label: string | number | null;
  readonly value: unknown;
  readonly kind: 'object' | 'array' | 'leaf' | 'more' | 'tooDeep';
  readonly isOpen: boolean;
  /** Members or entries; for `more`: how many are not drawn yet. */
  readonly count: number;
}

export const deepest = 100;
/** Entries of one list or object drawn before "more". */
export const pageLength = 100;

/** Which rows are unfolded, and how many entries of long ones are drawn. */
export interface Unfolded {
  readonly isOpen: (id: string, depth: number) => boolean;
  readonly shownOf: (id: string) => number;
}

/** The rows to draw, in order. */
export function listRows(value: unknown, unfolded: Unfolded): readonly JsonRow[] {
  const rows: JsonRow[] = [];
  const visit = (label: string | number | null, path: JsonPath, held: unknown): void => {
    const depth = path.length;
    const id = JSON.stringify(path);
    const entries = entriesOf(held);
    if (entries === null) {
      rows.push({ id, path, depth, label, value: held, kind: 'leaf', isOpen: false, count: 0 });
      return;
    }
    const kind = Array.isArray(held) ? 'array' : 'object';
    if (depth >= deepest) {
      rows.push({
        id,
        path,
        depth,
        label,
        value: held,
        kind: 'tooDeep',
        isOpen: false,
        count: entries.length,
      });
      return;
    }
    const isOpen = entries.length > 0 && unfolded.isOpen(id, depth);
    rows.push({ id, path, depth, label, value: held, kind, isOpen, count: entries.length });
    if (!isOpen) return;
    const shown = unfolded.shownOf(id);
    for (const [key, member] of entries.slice(0, shown)) visit(key, [...path, key], member);
    if (entries.length > shown) {
      rows.push({
        id: `${id}+`,
        path,
        depth: depth + 1,
        label: null,
        value: null,
        kind: 'more',
        isOpen: false,
        count: entries.length - shown,
      });
    }
  };
  visit(null, [], value);
  return rows;
}

function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] | null {
  if (value instanceof LongNumber || typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map((entry: unknown, index) => [index, entry] as const);
  return Object.entries(value);
}

/** A path the way expressions write it: `lines[0].qty`, odd names in backticks. */
export function writePath(path: JsonPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : `\`${key}\``;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
