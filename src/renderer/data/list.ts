/**
 * Paged lists, newest first: older pages are fetched as one scrolls, news arrives on top while one follows and is
 * only counted ("12 new") while one reads further down. Rows already shown are renewed in place.
 */
import { useEffect } from 'react';
import { createStore, type StoreApi, useStore } from 'zustand';
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { Change } from '../../shared/contract/system.ts';
import { call, type Failure, onChange, type Topic, toFailure } from './connection.ts';
import {
  appendPage,
  countNewer,
  type Fresh,
  mergeFollowing,
  mergeResting,
  type Newer,
  type Row,
} from './merge-page.ts';

export interface ListDefinition<Args, T extends Row> {
  readonly topics: readonly Topic[];
  /** The topic whose ids are the rows' own: rows named by a change but not on the first page are read singly. */
  readonly rowTopic: Topic;
  readonly pageSize?: number;
  readonly page: (
    client: HookyardClient,
    args: Args,
    place: { readonly limit: number; readonly cursor?: string },
    signal: AbortSignal,
  ) => Promise<Fresh<T>>;
  readonly one?: (client: HookyardClient, id: string, signal: AbortSignal) => Promise<T>;
}

export interface ListState<T> {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly items: readonly T[];
  readonly cursor: string | null;
  readonly error: Failure | null;
  /** What came since one stopped following. */
  readonly newer: Newer;
  readonly isLoadingMore: boolean;
}

export interface List<T> {
  readonly store: StoreApi<ListState<T>>;
  readonly hold: () => () => void;
  readonly follow: (isFollowing: boolean) => void;
  readonly loadMore: () => void;
  readonly showNewer: () => void;
  readonly refetch: () => void;
}

export interface ListKind<Args, T> {
  readonly of: (args: Args) => List<T>;
}

const leastGapMs = 250;
const keepUnusedMs = 30_000;
/** At most this many rows are read singly after one change. */
const singlesLimit = 20;
const none: Newer = { count: 0, isGap: false };

/** Defines a kind of list; arguments (the filters) must be plain JSON, they are its key. */
export function defineList<Args, T extends Row>(definition: ListDefinition<Args, T>): ListKind<Args, T> {
  const known = new Map<string, List<T>>();
  return {
    of: (args) => {
      const key = JSON.stringify(args) ?? '';
      const existing = known.get(key);
      if (existing !== undefined) return existing;
      const list = createList(definition, args, () => known.delete(key));
      known.set(key, list);
      return list;
    },
  };
}

function createList<Args, T extends Row>(
  definition: ListDefinition<Args, T>,
  args: Args,
  drop: () => void,
): List<T> {
  const limit = definition.pageSize ?? 50;
  const store = createStore<ListState<T>>(() => ({
    status: 'loading',
    items: [],
    cursor: null,
    error: null,
    newer: none,
    isLoadingMore: false,
  }));
  let holders = 0;
  let isFollowing = true;
  let isStale = true;
  let head: Fresh<T> | null = null;
  let touched = new Set<string>();
  let abort = new AbortController();
  let isFetching = false;
  let lastStart = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dropTimer: ReturnType<typeof setTimeout> | undefined;
  let unlisten: (() => void) | undefined;

  const takeIn = (fresh: Fresh<T>): void => {
    const state = store.getState();
    if (isFollowing || state.status !== 'ready') {
      head = null;
      store.setState({ ...mergeFollowing(state, fresh), status: 'ready', error: null, newer: none });
    } else {
      head = fresh;
      store.setState({
        ...mergeResting(state, fresh.items),
        error: null,
        newer: countNewer(state, fresh),
      });
    }
  };

  /** Renews rows further down that a change named. */
  const renewSingles = async (
    ids: ReadonlySet<string>,
    fresh: Fresh<T>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { one } = definition;
    if (one === undefined || ids.size === 0) return;
    const onPage = new Set(fresh.items.map((item) => item.id));
    const wanted = store
      .getState()
      .items.filter((item) => ids.has(item.id) && !onPage.has(item.id))
      .slice(0, singlesLimit);
    if (wanted.length === 0) return;
    const renewed = await Promise.all(
      wanted.map((item) => call((client) => one(client, item.id, signal), signal).catch(() => item)),
    );
    store.setState((state) => mergeResting(state, renewed));
  };

  const fetchHead = async (): Promise<void> => {
    if (isFetching) return;
    isFetching = true;
    isStale = false;
    lastStart = Date.now();
    const ids = touched;
    touched = new Set();
    const { signal } = abort;
    try {
      const fresh = await call((client) => definition.page(client, args, { limit }, signal), signal);
      takeIn(fresh);
      await renewSingles(ids, fresh, signal);
    } catch (thrown) {
      if (signal.aborted) isStale = true;
      else {
        store.setState((state) => ({
          status: state.status === 'ready' ? 'ready' : 'failed',
          error: toFailure(thrown),
        }));
      }
    } finally {
      isFetching = false;
      if (isStale) schedule();
    }
  };

  const schedule = (): void => {
    if (holders === 0 || isFetching || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (holders > 0 && isStale) void fetchHead();
      },
      Math.max(0, lastStart + leastGapMs - Date.now()),
    );
  };

  const hear = (change: Change | null): void => {
    if (change !== null) {
      if (!definition.topics.some((topic) => change.topics[topic] !== undefined)) return;
      for (const id of change.topics[definition.rowTopic] ?? []) touched.add(id);
    }
    isStale = true;
    schedule();
  };

  const showNewer = (): void => {
    if (head !== null) {
      const fresh = head;
      head = null;
      store.setState((state) => ({ ...mergeFollowing(state, fresh), newer: none }));
    }
    // The page kept aside may itself be behind by now.
    isStale = true;
    schedule();
  };

  return {
    store,
    hold: () => {
      holders += 1;
      if (holders === 1) {
        clearTimeout(dropTimer);
        abort = new AbortController();
        unlisten ??= onChange(hear);
        if (isStale) void fetchHead();
      }
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        if (holders > 0) return;
        abort.abort();
        clearTimeout(timer);
        timer = undefined;
        isFollowing = true;
        dropTimer = setTimeout(() => {
          unlisten?.();
          unlisten = undefined;
          isStale = true;
          drop();
        }, keepUnusedMs);
      };
    },
    follow: (next) => {
      if (next === isFollowing) return;
      isFollowing = next;
      if (next && head !== null) showNewer();
    },
    loadMore: () => {
      const { cursor, isLoadingMore, status } = store.getState();
      if (cursor === null || isLoadingMore || status !== 'ready') return;
      store.setState({ isLoadingMore: true });
      const { signal } = abort;
      void call((client) => definition.page(client, args, { limit: limit * 2, cursor }, signal), signal)
        .then(
          (page) => store.setState((state) => (state.cursor === cursor ? appendPage(state, page) : state)),
          (thrown: unknown) => {
            if (!signal.aborted) store.setState({ error: toFailure(thrown) });
          },
        )
        .finally(() => store.setState({ isLoadingMore: false }));
    },
    showNewer,
    refetch: () => {
      isStale = true;
      schedule();
    },
  };
}

/** What a view gets of a list. */
export interface Listed<T> extends ListState<T> {
  readonly list: List<T>;
}

/**
 * Looks at a list for as long as the component lives, without being drawn again at its every change: for pages whose
 * parts look at the list themselves.
 */
export function useHeldList<Args, T>(kind: ListKind<Args, T>, args: Args): List<T> {
  const list = kind.of(args);
  useEffect(() => list.hold(), [list]);
  return list;
}

/** One thing a component needs to know of a list. */
export function useListPart<T, Part>(list: List<T>, select: (state: ListState<T>) => Part): Part {
  return useStore(list.store, select);
}

/** Looks at a list for as long as the component lives. */
export function useList<Args, T>(kind: ListKind<Args, T>, args: Args): Listed<T> {
  const list = useHeldList(kind, args);
  const state = useStore(list.store);
  return { ...state, list };
}
