/**
 * Two bodies beside each other: JSON by the paths of its data, text by its lines, anything else by the first byte that
 * differs. Bounded in size and time, because whoever sent them did not promise to be kind.
 */
import { isUtf8 } from 'node:buffer';
import { diffLines } from 'diff';
import type { Comparison } from '../../shared/contract/inspector.ts';
import { parseJson } from '../receiver/body/parse-json.ts';

type JsonComparison = NonNullable<Comparison['body']['json']>;
type TextComparison = NonNullable<Comparison['body']['text']>;
type Masked = (text: string) => string;

/** Bytes of a body up to which it is looked into. */
export const comparableBytes = 1_048_576;

const mostChanges = 500;
/** Characters shown of one value, and of all lines. */
const shownValue = 2_000;
const shownText = 262_144;
/** Lines that are the same shown beside a difference. */
const context = 3;
/** How long, and how different: past either the lines are not compared. */
const patience = { timeout: 500, maxEditLength: 5_000 };

/** Offset of the first byte that differs; null when none does. */
export function firstDifference(left: Uint8Array, right: Uint8Array): number | null {
  if (Buffer.compare(left, right) === 0) return null;
  const shorter = Math.min(left.byteLength, right.byteLength);
  let at = 0;
  while (at < shorter && left[at] === right[at]) at += 1;
  return at;
}

/** What differs in the data of two JSON bodies; undefined when one of them is no JSON within limits. */
export function compareJson(left: Uint8Array, right: Uint8Array, masked: Masked): JsonComparison | undefined {
  const [mine, its] = [dataOf(left), dataOf(right)];
  if (mine === undefined || its === undefined) return undefined;
  const changes: JsonComparison['changes'] = [];
  const cut = !collect('', mine, its, (path, one, other) => {
    changes.push({
      path: path === '' ? '$' : masked(path),
      left: shown(one, masked),
      right: shown(other, masked),
    });
    return changes.length < mostChanges;
  });
  return { changes, cut };
}

interface Data {
  readonly value: unknown;
}

function dataOf(bytes: Uint8Array): Data | undefined {
  if (bytes.byteLength === 0) return undefined;
  try {
    return { value: parseJson(bytes).value };
  } catch {
    return undefined;
  }
}

/** Tells every place where two values differ; false once enough were told. Undefined stands for what is not there. */
function collect(
  path: string,
  left: Data | undefined,
  right: Data | undefined,
  tell: (path: string, left: Data | undefined, right: Data | undefined) => boolean,
): boolean {
  if (left === undefined || right === undefined) return tell(path, left, right);
  const [mine, its] = [partsOf(left.value), partsOf(right.value)];
  if (mine === undefined || its === undefined || mine.isList !== its.isList) {
    // Of two plain values, or of two kinds of things.
    return Object.is(left.value, right.value) ? true : tell(path, left, right);
  }
  for (const key of new Set([...mine.entries.keys(), ...its.entries.keys()])) {
    const place = mine.isList ? `${path}[${key}]` : path + (path === '' ? '' : '.') + spelled(key);
    if (!collect(place, mine.entries.get(key), its.entries.get(key), tell)) return false;
  }
  return true;
}

function partsOf(value: unknown): { isList: boolean; entries: ReadonlyMap<string, Data> } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).map(([key, item]: [string, unknown]): [string, Data] => [
    key,
    { value: item },
  ]);
  return { isList: Array.isArray(value), entries: new Map(entries) };
}

/** A name in a JSONata path. */
function spelled(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``;
}

function shown(data: Data | undefined, masked: Masked): string | null {
  if (data === undefined) return null;
  const text = masked(JSON.stringify(data.value) ?? 'null');
  return text.length > shownValue ? `${text.slice(0, shownValue)}…` : text;
}

/** Two texts by their lines, or why that was not possible. A form is compared field by field. */
export async function compareText(
  left: Uint8Array,
  right: Uint8Array,
  isForm: boolean,
  masked: Masked,
): Promise<TextComparison | string> {
  if (!isUtf8(left) || !isUtf8(right)) return 'At least one of the bodies is not text.';
  const [mine, its] = [left, right].map((bytes) => {
    const text = Buffer.from(bytes).toString();
    return isForm ? text.replaceAll('&', '&\n') : text;
  });
  const changes = await new Promise<ReturnType<typeof diffLines> | undefined>((resolve) => {
    diffLines(mine ?? '', its ?? '', { ...patience, callback: resolve });
  });
  if (changes === undefined) return 'The bodies are too different to be compared line by line.';
  let room = shownText;
  const parts = changes.flatMap(({ added, removed, value, count }, at): TextComparison['parts'] => {
    const kind = added ? 'added' : removed ? 'removed' : 'same';
    const pieces =
      kind === 'same'
        ? shortened(value, at === 0, at === changes.length - 1)
        : [{ kind, text: value, lines: count } as const];
    return pieces.map((piece) => {
      const text = masked(piece.text).slice(0, Math.max(0, room));
      room -= piece.text.length;
      return { ...piece, text };
    });
  });
  return { parts, cut: room < 0 };
}

/** Lines that are the same: those next to a difference stay, the others are only counted. */
function shortened(value: string, isFirst: boolean, isLast: boolean): TextComparison['parts'] {
  const lines = value.split(/(?<=\n)/);
  const head = isFirst ? 0 : context;
  const tail = isLast ? 0 : context;
  if (lines.length <= head + tail + 1) return [{ kind: 'same', text: value, lines: lines.length }];
  const skipped = lines.length - head - tail;
  return [
    { kind: 'same' as const, text: lines.slice(0, head).join(''), lines: head },
    { kind: 'skipped' as const, text: '', lines: skipped },
    { kind: 'same' as const, text: lines.slice(lines.length - tail).join(''), lines: tail },
  ].filter(({ lines: count }) => count > 0);
}
