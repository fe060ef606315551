/**
 * The form of a value: which fields it has and of which types, lists as what their items have together (SPEC 6). Small
 * whatever the value: what is too wide or too deep is not looked into.
 */
import type { Shape, ShapeType } from '../../../shared/model/sample.ts';
import { isDate } from '../gate/typed-value.ts';

/** Objects with more keys are maps, whose keys are data. */
const mostKeys = 200;
const mostItems = 200;
const deepest = 12;
/** Values looked at in one shape. */
const mostValues = 5_000;

/** The type of a value that came as JSON, or as a text. */
export function typeOf(value: unknown): ShapeType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'object':
      return 'object';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return typeof value === 'string' && isDate(value) ? 'date' : 'string';
  }
}

/** Reads the form of a value. */
export function readShape(value: unknown): Shape {
  let seen = 0;
  const read = (part: unknown, depth: number): Shape => {
    seen++;
    const type = typeOf(part);
    const types = [type];
    if (seen > mostValues || depth >= deepest) return { types };
    if (Array.isArray(part)) {
      const items: readonly unknown[] = part;
      const item = items
        .slice(0, mostItems)
        .map((one) => read(one, depth + 1))
        .reduce<Shape | undefined>(
          (all, one) => (all === undefined ? one : mergeShapes(all, one)),
          undefined,
        );
      return item === undefined ? { types } : { types, item };
    }
    if (typeof part !== 'object' || part === null) return { types };
    const entries: [string, unknown][] = Object.entries(part);
    if (entries.length > mostKeys) return { types };
    return { types, fields: entries.map(([name, field]) => [name, read(field, depth + 1)] as const) };
  };
  return read(value, 0);
}

/** What two values have together. */
export function mergeShapes(one: Shape, other: Shape): Shape {
  const types = [...new Set([...one.types, ...other.types])];
  const item =
    one.item === undefined || other.item === undefined
      ? (one.item ?? other.item)
      : mergeShapes(one.item, other.item);
  return { types, fields: mergeFields(one, other), item };
}

function mergeFields(one: Shape, other: Shape): Shape['fields'] {
  const isObject = (shape: Shape): boolean => shape.types.includes('object');
  // An object that was not looked into says nothing of its fields, whatever the others say.
  if (isObject(one) && one.fields === undefined) return undefined;
  if (isObject(other) && other.fields === undefined) return undefined;
  if (one.fields === undefined || other.fields === undefined) return one.fields ?? other.fields;
  const fields = new Map(one.fields);
  for (const [name, shape] of other.fields) {
    const known = fields.get(name);
    fields.set(name, known === undefined ? shape : mergeShapes(known, shape));
  }
  return fields.size > mostKeys ? undefined : [...fields];
}
