/**
 * Drift (SPEC 6): how the form of a request differs from that of the sample. Pure. A value that is null, an empty list and
 * an object that was not looked into say nothing, so nothing is said of them.
 */
import type { Drift, SampleShape, Shape, ShapeType } from '../../../shared/model/sample.ts';
import { pathOf, type Segment } from './path.ts';

/** Entries of each kind that are named. */
const mostNamed = 200;

type Found = { readonly new: string[]; readonly missing: string[]; readonly retyped: Drift['retyped'] };

/** How a request differs from the sample; three empty lists when it does not. */
export function driftBetween(sample: SampleShape, request: SampleShape): Drift {
  const found: Found = { new: [], missing: [], retyped: [] };
  compare(sample.body, request.body, [], found);
  compareFields(sample.query, request.query, found, (name) => `?${name}`);
  return {
    new: found.new.slice(0, mostNamed),
    missing: found.missing.slice(0, mostNamed),
    retyped: found.retyped.slice(0, mostNamed),
  };
}

/** In how many places it differs. */
export function countDrift(drift: Drift): number {
  return drift.new.length + drift.missing.length + drift.retyped.length;
}

const isKnown = (type: ShapeType): boolean => type !== 'null';

/** A date is a text; a text that was no date may become one. */
function allows(was: readonly ShapeType[], is: ShapeType): boolean {
  return was.includes(is) || (is === 'date' && was.includes('string'));
}

function compare(was: Shape, is: Shape, path: readonly Segment[], found: Found): void {
  const before = was.types.filter(isKnown);
  const now = is.types.filter(isKnown);
  if (before.length === 0 || now.length === 0) return;
  const strange = now.filter((type) => !allows(before, type));
  if (strange.length > 0) {
    found.retyped.push({ path: pathOf(path), was: before.join(' | '), is: now.join(' | ') });
    return;
  }
  if (was.item !== undefined && is.item !== undefined) compare(was.item, is.item, [...path, null], found);
  if (!now.includes('object') || was.fields === undefined || is.fields === undefined) return;
  const inside = new Map(is.fields);
  for (const [name, shape] of was.fields) {
    const present = inside.get(name);
    if (present === undefined) found.missing.push(pathOf([...path, name]));
    else compare(shape, present, [...path, name], found);
  }
  const known = new Set(was.fields.map(([name]) => name));
  for (const [name] of is.fields) if (!known.has(name)) found.new.push(pathOf([...path, name]));
}

/** Texts by name: only which there are is compared, for a text is of no type of its own. */
function compareFields(was: Shape, is: Shape, found: Found, nameOf: (name: string) => string): void {
  const names = (shape: Shape): ReadonlySet<string> => new Set((shape.fields ?? []).map(([name]) => name));
  const [before, now] = [names(was), names(is)];
  for (const name of before) if (!now.has(name)) found.missing.push(nameOf(name));
  for (const name of now) if (!before.has(name)) found.new.push(nameOf(name));
}
