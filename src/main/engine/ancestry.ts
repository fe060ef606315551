/**
 * Which steps lead to which, near or far, for all of a document at once: one bit for each pair, so that a thousand steps
 * with ten thousand edges take milliseconds. Circles are fine. Pure.
 */

export interface Ancestry {
  /** Whether `one` leads to `other`; of a step itself only when it stands in a circle. */
  leads(one: string, other: string): boolean;
  /** All that lead to a step. */
  before(id: string): readonly string[];
}

const wordBits = 32;

/** The steps so that most stand behind those that lead to them; whatever the order, the result is the same. */
function inOrder(
  ids: readonly string[],
  followers: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const open = new Map(ids.map((id) => [id, 0]));
  for (const targets of followers.values())
    for (const target of targets) open.set(target, (open.get(target) ?? 0) + 1);
  const ready = new Set(ids.filter((id) => open.get(id) === 0));
  for (const id of ready) {
    for (const next of followers.get(id) ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) ready.add(next);
    }
  }
  return [...ready, ...ids.filter((id) => !ready.has(id))];
}

/** Finds out who leads to whom. Edges to steps that are not among `ids` are passed over. */
export function findAncestry(
  ids: readonly string[],
  followers: ReadonlyMap<string, readonly string[]>,
): Ancestry {
  const order = inOrder(ids, followers);
  const indexes = new Map(order.map((id, index) => [id, index]));
  const words = Math.ceil(order.length / wordBits);
  const rows = new Uint32Array(order.length * words);
  const edges = order.flatMap((id, source) =>
    (followers.get(id) ?? []).flatMap((next) => {
      const target = indexes.get(next);
      return target === undefined ? [] : [{ source, target }];
    }),
  );

  /** Gives what leads to the source of each edge to its target; false: nothing was new. */
  function sweep(): boolean {
    let isNew = false;
    for (const { source, target } of edges) {
      for (let word = 0; word < words; word += 1) {
        const own = word === Math.floor(source / wordBits) ? 1 << (source % wordBits) : 0;
        const before = rows[target * words + word] ?? 0;
        const after = (before | (rows[source * words + word] ?? 0) | own) >>> 0;
        if (after === before) continue;
        rows[target * words + word] = after;
        isNew = true;
      }
    }
    return isNew;
  }
  while (sweep());

  const has = (row: number, index: number): boolean =>
    (((rows[row * words + Math.floor(index / wordBits)] ?? 0) >>> (index % wordBits)) & 1) === 1;
  return {
    leads(one, other) {
      const [source, target] = [indexes.get(one), indexes.get(other)];
      return source !== undefined && target !== undefined && has(target, source);
    },
    before(id) {
      const row = indexes.get(id);
      return row === undefined ? [] : order.filter((_, index) => has(row, index));
    },
  };
}
