/**
 * Paths and names of fields (SPEC 6, 7): JSONata paths that find a field whatever its key, and names people can write after
 * `params.` without quoting them.
 */

/** One step of a path: a key, the position of an item, or null for every item of a list. */
export type Segment = string | number | null;

const plainName = /^[\p{L}_][\p{L}\p{N}_]*$/u;
/** Words that are no names in JSONata. */
const reserved = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);
const longestName = 100;

function keyText(key: string): string {
  if (plainName.test(key) && !reserved.has(key)) return key;
  // Backquotes quote every key but the empty one and one that has a backquote itself.
  return key === '' || key.includes('`') ? `$lookup($, ${JSON.stringify(key)})` : `\`${key}\``;
}

/** The path as JSONata reads it, `$` for no step at all; every item is written `[]`, which is for people only. */
export function pathOf(segments: readonly Segment[]): string {
  return (
    segments.reduce<string>((text, segment) => {
      if (typeof segment !== 'string') return `${text === '' ? '$' : text}[${segment ?? ''}]`;
      return text === '' ? keyText(segment) : `${text}.${keyText(segment)}`;
    }, '') || '$'
  );
}

/** A name for a field: its keys joined, made of letters, digits and underscores. */
export function nameOf(segments: readonly (string | number)[]): string {
  const word = segments
    .join('_')
    .replace(/[^\p{L}\p{N}_]+/gu, '_')
    .replace(/^_+(?=.)|_+$/g, '')
    .slice(0, longestName);
  if (word === '') return segments.length === 0 ? 'body' : 'field';
  return /^\p{N}/u.test(word) || reserved.has(word) ? `_${word}` : word;
}

/** Gives out every name once: a name that is taken gets a number. */
export function uniqueNames(taken: Iterable<string> = []): (wish: string) => string {
  const given = new Set(taken);
  return (wish) => {
    let name = wish;
    for (let number = 2; given.has(name); number++) name = `${wish}_${number}`;
    given.add(name);
    return name;
  };
}
