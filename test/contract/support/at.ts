/** Reading answers of unknown shape: a value by its path, of a known type, or a failure that shows the answer. */

/** The value at `path` ("steps.0.output"), or undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const part of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = Reflect.get(here, part);
  }
  return here;
}

/** The text at `path`. Throws, showing the answer, where there is none. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found !== 'string') throw new Error(`No text at "${path}" of ${JSON.stringify(value)}`);
  return found;
}

/** The list at `path` (the whole value for an empty path). Throws, showing the answer, where there is none. */
export function listAt(value: unknown, path: string): unknown[] {
  const found = path === '' ? value : at(value, path);
  if (!Array.isArray(found)) throw new Error(`No list at "${path}" of ${JSON.stringify(value)}`);
  return found;
}

/** The object at `path` (the whole value for an empty path), empty where there is none. */
export function objectAt(value: unknown, path: string): Record<string, unknown> {
  const found = path === '' ? value : at(value, path);
  return typeof found === 'object' && found !== null ? { ...found } : {};
}

/** The values of an object, none of anything else. */
export function valuesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** Texts in order, for lists whose order is not promised. */
export function sorted(values: readonly unknown[]): string[] {
  return values.map(String).sort((a, b) => (a < b ? -1 : 1));
}
