/** How two correlation values are compared: as one text, made the same way of the run's side and the request's. */
import { hash } from 'node:crypto';

/** Longer texts are known by their hash: they stand in indexes. */
const longestText = 200;

/** JSON with the keys of objects in order, so that equal values give equal text. */
function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${stableJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** The text a correlation value is known by; null when there is no value. Numbers equal their text: 17 meets "17". */
export function correlationText(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' ? value : stableJson(value);
  return text.length > longestText ? `sha256:${hash('sha256', text, 'hex')}` : text;
}
