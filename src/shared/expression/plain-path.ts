/**
 * Plain paths (`trigger.data.lines[0].sku`): most expressions are one, and they need neither a parser nor a worker. They
 * are read in place, over own data properties only: no getter runs and no prototype is reachable. Everything that
 * is not plainly a path is left to JSONata; for what is one, the value equals JSONata's.
 */

/** One step: a name, then the positions picked from what it gives (negative counts from the end). */
export interface PathStep {
  readonly name: string;
  readonly indexes: readonly number[];
}

export type PlainPath = readonly PathStep[];

const SPACE = /[ \t\n\r\v]*/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const QUOTED = /`([^`]+)`/y;
const INDEX = /\[[ \t\n\r\v]*(-?(?:0|[1-9][0-9]{0,8}))[ \t\n\r\v]*\]/y;
/** Words that are not names in JSONata. */
const RESERVED = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** Reads a plain path; undefined when the expression is anything else (which JSONata then judges). */
export function parsePlainPath(expression: string): PlainPath | undefined {
  const steps: PathStep[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(expression);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(SPACE);
    const quoted = take(QUOTED)?.[1];
    const name = quoted ?? take(NAME)?.[0];
    if (name === undefined || (quoted === undefined && RESERVED.has(name))) return undefined;
    const indexes: number[] = [];
    take(SPACE);
    for (let match = take(INDEX); match !== null; match = take(INDEX)) {
      indexes.push(Number(match[1]));
      take(SPACE);
    }
    steps.push({ name, indexes });
    if (at === expression.length) return steps;
    if (expression.charAt(at) !== '.') return undefined;
    at++;
  }
}

/** JSONata's sequence: a list made by the path itself, which unwraps when it holds one value, unlike a list of the data. */
class Sequence {
  readonly items: unknown[];
  constructor(items: unknown[]) {
    this.items = items;
  }
}

/** An own data property; undefined for what is inherited or would run a getter. */
export function readOwn(holder: object, name: string): unknown {
  const value: unknown = Object.getOwnPropertyDescriptor(holder, name)?.value;
  return value;
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (value instanceof Sequence) return value.items;
  return Array.isArray(value) ? value : undefined;
}

/** The name in one value; in a list, the name in each of its items, flattened. */
function lookUp(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const entry of value) {
      const found = lookUp(entry, name);
      const list = listIn(found);
      if (list !== undefined) for (const one of list) items.push(one);
      else if (found !== undefined) items.push(found);
    }
    return new Sequence(items);
  }
  return typeof value === 'object' && value !== null ? readOwn(value, name) : undefined;
}

function unwrap(value: unknown): unknown {
  return value instanceof Sequence && value.items.length < 2 ? value.items[0] : value;
}

function pick(value: unknown, index: number): unknown {
  const list = listIn(value) ?? [value];
  const item = list[index < 0 ? list.length + index : index];
  if (item === undefined) return new Sequence([]);
  return Array.isArray(item) ? item : new Sequence([item]);
}

/** The rest of a path over the items reached so far. */
function walk(path: PlainPath, first: number, start: readonly unknown[]): unknown {
  let current = start;
  for (let at = first; at < path.length; at++) {
    const step = path[at];
    if (step === undefined) break;
    const found: unknown[] = [];
    for (const item of current) {
      let value = unwrap(lookUp(item, step.name));
      for (const index of step.indexes) value = pick(value, index);
      if (value !== undefined) found.push(value);
    }
    const isLast = at === path.length - 1;
    if (isLast && found.length === 1 && Array.isArray(found[0])) return found[0];
    const next: unknown[] = [];
    for (const value of found) {
      const list = listIn(value);
      if (list === undefined) next.push(value);
      else for (const one of list) next.push(one);
    }
    if (next.length === 0) return undefined;
    current = next;
  }
  return current.length === 1 ? current[0] : current;
}

/**
 * The value of a plain path, equal to what JSONata gives; undefined is no value. Lists and objects are those of the
 * scope, not copies: read only.
 */
export function evaluatePlainPath(path: PlainPath, scope: unknown): unknown {
  let value = scope;
  for (let at = 0; at < path.length; at++) {
    const step = path[at];
    if (step === undefined) break;
    if (Array.isArray(value)) return walk(path, at, at === 0 ? [value] : value);
    if (step.indexes.length > 0) return walk(path, at, [value]);
    if (typeof value !== 'object' || value === null) return undefined;
    value = readOwn(value, step.name);
  }
  return value;
}
