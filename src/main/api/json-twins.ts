/** Where valid JSON has two equal keys in one object: readers differ on which counts, so who must not be fooled refuses it. */

interface Level {
  /** Of an object: the keys so far. */
  readonly keys: Set<string> | undefined;
  /** Where in its holder the present value stands. */
  key: string | number;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The path of the first key that is there twice; undefined: none is. The text has to be valid JSON. */
export function findTwin(text: string): readonly (string | number)[] | undefined {
  const levels: Level[] = [];
  let isKeyNext = false;
  for (const [part] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (part === '{' || part === '[') {
      levels.push({ keys: part === '{' ? new Set() : undefined, key: part === '{' ? '' : 0 });
      isKeyNext = part === '{';
    } else if (part === '}' || part === ']') {
      levels.pop();
      isKeyNext = false;
    } else if (part === ',' && level !== undefined) {
      if (level.keys === undefined) level.key = Number(level.key) + 1;
      isKeyNext = level.keys !== undefined;
    } else if (part !== ':' && isKeyNext && level?.keys !== undefined) {
      const key = String(JSON.parse(part));
      level.key = key;
      if (level.keys.has(key)) return levels.map((one) => one.key);
      level.keys.add(key);
      isKeyNext = false;
    }
  }
  return undefined;
}
