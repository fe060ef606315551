import { describe, expect, it } from 'vitest';
import {
  appendPage,
  countNewer,
  mergeFollowing,
  mergeResting,
  type Shown,
} from '../../../src/renderer/data/merge-page.ts';

interface Item {
  readonly id: string;
  readonly state?: string;
}
const items = (...ids: readonly number[]): Item[] => ids.map((id) => ({ id: String(id) }));
const ids = (shown: Shown<Item>): string => shown.items.map(({ id }) => id).join(' ');

describe('a fresh page and the rows shown', () => {
  it('puts news on top and keeps the older pages below', () => {
    const merged = mergeFollowing(
      { items: items(5, 4, 3, 2, 1), cursor: 'older' },
      { items: items(7, 6, 5, 4), nextCursor: 'x' },
    );
    expect(ids(merged)).toBe('7 6 5 4 3 2 1');
    expect(merged.cursor).toBe('older');
  });

  it('begins anew when rows between were missed', () => {
    const merged = mergeFollowing(
      { items: items(3, 2, 1), cursor: 'older' },
      { items: items(90, 89), nextCursor: 'new' },
    );
    expect(ids(merged)).toBe('90 89');
    expect(merged.cursor).toBe('new');
  });

  it('drops rows that are gone', () => {
    const shown = { items: items(5, 4, 3, 2, 1), cursor: null };
    expect(ids(mergeFollowing(shown, { items: items(5, 3, 2), nextCursor: 'x' }))).toBe('5 3 2 1');
    expect(ids(mergeFollowing(shown, { items: [], nextCursor: null }))).toBe('');
  });

  it('moves no row while one reads, and renews those that changed', () => {
    const shown = { items: items(3, 2, 1), cursor: null };
    const merged = mergeResting(shown, [{ id: '9' }, { id: '2', state: 'done' }]);
    expect(merged.items).toEqual([{ id: '3' }, { id: '2', state: 'done' }, { id: '1' }]);
  });

  it('keeps rows that did not change the same objects', () => {
    const shown = { items: items(2, 1), cursor: null };
    const merged = mergeFollowing(shown, { items: items(3, 2, 1), nextCursor: null });
    expect(merged.items[1]).toBe(shown.items[0]);
  });

  it('counts news, and says when it can not count them all', () => {
    const shown = { items: items(3, 2, 1), cursor: null };
    expect(countNewer(shown, { items: items(5, 4, 3), nextCursor: 'x' })).toEqual({ count: 2, isGap: false });
    expect(countNewer(shown, { items: items(9, 8), nextCursor: 'x' })).toEqual({ count: 2, isGap: true });
    expect(countNewer(shown, { items: items(3, 2, 1), nextCursor: null })).toEqual({
      count: 0,
      isGap: false,
    });
  });

  it('repeats no row when an older page overlaps', () => {
    const merged = appendPage({ items: items(5, 4), cursor: 'a' }, { items: items(4, 3), nextCursor: null });
    expect(ids(merged)).toBe('5 4 3');
    expect(merged.cursor).toBeNull();
  });
});
