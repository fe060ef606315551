/**
 * A page of a list that is short enough to be read whole (SPEC 11, Lists). The cursor is the key of the last item shown,
 * so items added meanwhile neither hide nor repeat others.
 */
import type { WholeListQuery } from '../../shared/contract/views.ts';
import { invalid } from './issues.ts';

/** Cuts a list; without a limit it is given whole. @throws AppError `invalid` for a cursor that is none of the list */
export function pageOfList<Item>(
  items: readonly Item[],
  { limit, cursor }: WholeListQuery,
  keyOf: (item: Item) => string,
): { readonly items: Item[]; readonly nextCursor: string | null } {
  const last = cursor === undefined ? -1 : items.findIndex((item) => keyOf(item) === cursor);
  if (cursor !== undefined && last < 0) {
    throw invalid([{ path: 'cursor', message: 'The cursor is not one of ours.' }]);
  }
  const rest = items.slice(last + 1);
  if (limit === undefined || rest.length <= limit) return { items: rest, nextCursor: null };
  const shown = rest.slice(0, limit);
  const end = shown.at(-1);
  return { items: shown, nextCursor: end === undefined ? null : keyOf(end) };
}
