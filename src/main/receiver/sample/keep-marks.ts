/**
 * A new sample replaces what was read out of the one before, not what people said about its fields: names, descriptions
 * and required marks stay with the field they were given to (SPEC 6).
 */
import type { Parameter } from '../../../shared/model/endpoint.ts';
import { uniqueNames } from './path.ts';

const placeOf = ({ in: place, path, name }: Parameter): string =>
  `${place} ${place === 'header' ? (path ?? name).toLowerCase() : (path ?? name)}`;

/**
 * Fresh parameters with the marks of those before.
 * @param isTyped whether the sample's body carries types; where it has only texts, a type people chose stays
 */
export function keepMarks(
  fresh: readonly Parameter[],
  before: readonly Parameter[],
  isTyped: boolean,
): readonly Parameter[] {
  const known = new Map(before.map((parameter) => [placeOf(parameter), parameter]));
  const kept = new Map(fresh.map((parameter) => [parameter, known.get(placeOf(parameter))]));
  const nextName = uniqueNames([...kept.values()].flatMap((one) => (one === undefined ? [] : [one.name])));
  return fresh.map((parameter) => {
    const marked = kept.get(parameter);
    if (marked === undefined) return { ...parameter, name: nextName(parameter.name) };
    const { name, required, description } = marked;
    const type = isTyped && parameter.in === 'body' ? parameter.type : marked.type;
    return { ...parameter, name, required, type, ...(description === undefined ? {} : { description }) };
  });
}
