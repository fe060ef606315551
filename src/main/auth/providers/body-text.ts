/** Texts inside a JSON body, read by own names only: what a caller sends never reaches a prototype. */
import type { AuthCheck } from '../scheme.ts';

/** The text or number at a path of names into a JSON body; undefined when there is none, or it is empty. */
export function bodyText({ bodyJson }: AuthCheck, path: readonly string[]): string | undefined {
  return textAt(bodyJson?.(), path);
}

/** The text or number at a path of names into a value. */
export function textAt(value: unknown, path: readonly string[]): string | undefined {
  let place = value;
  for (const name of path) {
    if (typeof place !== 'object' || place === null) return undefined;
    place = Object.getOwnPropertyDescriptor(place, name)?.value;
  }
  if (typeof place === 'number') return String(place);
  return typeof place === 'string' && place !== '' ? place : undefined;
}
