/**
 * Mirrors: what the core holds, kept here for as long as somebody looks at it. A mirror fetches when first looked at,
 * goes stale when the change feed names its topic, refetches while keeping what it shows, and is dropped a while
 * after the last look.
 */
import { useEffect } from 'react';
import { createStore, type StoreApi, useStore } from 'zustand';
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { Change } from '../../shared/contract/system.ts';
import { call, type Failure, onChange, type Topic, toFailure } from './connection.ts';

export interface MirrorState<T> {
  /** `failed` only while there is nothing to show; a failed refetch keeps `ready` and sets `error`. */
  readonly status: 'loading' | 'ready' | 'failed';
  readonly data: T | undefined;
  readonly error: Failure | null;
  readonly isFetching: boolean;
}

interface Aging {
  /** Topics of the change feed that make it stale. */
  readonly topics: readonly Topic[];
  /** Fetches again after this time even without a change; for figures that age. */
  readonly everyMs?: number;
  /** Two fetches are at least this far apart, however fast changes come; 150 ms when left out. */
  readonly gapMs?: number;
}

/** How one mirror is kept. */
interface Plan<T> extends Aging {
  readonly about: About | undefined;
  readonly read: (client: HookyardClient, signal: AbortSignal) => Promise<T>;
}

/** The one id a mirror is about: changes that name other ids of that topic only are not its own. */
interface About {
  readonly topic: Topic;
  readonly id: string;
}

/** What there is one of for every `Args`. */
export interface MirrorDefinition<Args, T> extends Aging {
  readonly about?: (args: Args) => About;
  readonly read: (client: HookyardClient, args: Args, signal: AbortSignal) => Promise<T>;
}

/** What there is only one of. */
export interface SingleDefinition<T> extends Aging {
  readonly read: (client: HookyardClient, signal: AbortSignal) => Promise<T>;
}

export interface Mirror<T> {
  readonly store: StoreApi<MirrorState<T>>;
  /** Keeps it fresh until the returned function is called. */
  readonly hold: () => () => void;
  readonly refetch: () => Promise<void>;
  /** Puts a newer value in, e.g. the answer of a mutation. */
  readonly put: (data: T) => void;
}

/** All mirrors of one kind. */
export interface MirrorKind<Args, T> {
  readonly of: (args: Args) => Mirror<T>;
  /** The mirror for these arguments; for `null` none, unless it is the only one of its kind. */
  readonly look: (args: Args | null) => Mirror<T> | null;
}

const leastGapMs = 150;
const keepUnusedMs = 60_000;

/** Defines a kind of mirror; arguments must be plain JSON, they are its key. */
export function defineMirror<Args, T>(definition: MirrorDefinition<Args, T>): MirrorKind<Args, T> {
  const known = new Map<string, Mirror<T>>();
  const { about, read, ...aging } = definition;
  const of = (args: Args): Mirror<T> => {
    const key = JSON.stringify(args);
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const plan: Plan<T> = {
      ...aging,
      about: about?.(args),
      read: (client, signal) => read(client, args, signal),
    };
    const mirror = createMirror(plan, () => known.delete(key));
    known.set(key, mirror);
    return mirror;
  };
  return { of, look: (args) => (args === null ? null : of(args)) };
}

/** Defines a mirror there is only one of; it is looked at with `null`. */
export function defineSingle<T>(definition: SingleDefinition<T>): MirrorKind<null, T> {
  const mirror = createMirror({ ...definition, about: undefined }, () => undefined);
  return { of: () => mirror, look: () => mirror };
}

function createMirror<T>(definition: Plan<T>, drop: () => void): Mirror<T> {
  const store = createStore<MirrorState<T>>(() => ({
    status: 'loading',
    data: undefined,
    error: null,
    isFetching: false,
  }));
  let holders = 0;
  let isStale = true;
  let running: { readonly abort: AbortController; readonly done: Promise<void> } | null = null;
  let lastStart = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dropTimer: ReturnType<typeof setTimeout> | undefined;
  let unlisten: (() => void) | undefined;
  let interval: ReturnType<typeof setInterval> | undefined;

  const fetchNow = (): Promise<void> => {
    if (running !== null) return running.done;
    isStale = false;
    lastStart = Date.now();
    const abort = new AbortController();
    store.setState({ isFetching: true });
    const done = call((client, signal) => definition.read(client, signal), abort.signal)
      .then(
        (data) => store.setState({ status: 'ready', data, error: null }),
        (thrown: unknown) => {
          if (abort.signal.aborted) {
            isStale = true;
            return;
          }
          const hasData = store.getState().data !== undefined;
          store.setState({ status: hasData ? 'ready' : 'failed', error: toFailure(thrown) });
        },
      )
      .finally(() => {
        running = null;
        store.setState({ isFetching: false });
        if (isStale) schedule();
      });
    running = { abort, done };
    return done;
  };

  const schedule = (): void => {
    if (holders === 0 || running !== null || timer !== undefined) return;
    const wait = Math.max(0, lastStart + (definition.gapMs ?? leastGapMs) - Date.now());
    timer = setTimeout(() => {
      timer = undefined;
      if (holders > 0 && isStale) void fetchNow();
    }, wait);
  };

  const concerns = (change: Change | null): boolean => {
    if (change === null) return true;
    const { about } = definition;
    return definition.topics.some((topic) => {
      const ids = change.topics[topic];
      if (ids === undefined) return false;
      return about?.topic !== topic || ids.length === 0 || ids.includes(about.id);
    });
  };

  const wake = (): void => {
    clearTimeout(dropTimer);
    unlisten ??= onChange((change) => {
      if (!concerns(change)) return;
      isStale = true;
      schedule();
    });
    if (definition.everyMs !== undefined) {
      interval ??= setInterval(() => {
        isStale = true;
        schedule();
      }, definition.everyMs);
    }
    if (isStale) void fetchNow();
  };

  const sleep = (): void => {
    running?.abort.abort();
    clearTimeout(timer);
    timer = undefined;
    clearInterval(interval);
    interval = undefined;
    dropTimer = setTimeout(() => {
      unlisten?.();
      unlisten = undefined;
      isStale = true;
      drop();
    }, keepUnusedMs);
  };

  return {
    store,
    hold: () => {
      holders += 1;
      if (holders === 1) wake();
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        if (holders === 0) sleep();
      };
    },
    refetch: () => fetchNow(),
    put: (data) => store.setState({ status: 'ready', data, error: null }),
  };
}

/** What a view gets of a mirror. */
export interface Mirrored<T> extends MirrorState<T> {
  readonly refetch: () => void;
}

const nothing = createStore<MirrorState<never>>(() => ({
  status: 'loading',
  data: undefined,
  error: null,
  isFetching: false,
}));

/** Looks at a mirror for as long as the component lives. `null` looks at nothing, or at the only one of its kind. */
export function useMirror<Args, T>(kind: MirrorKind<Args, T>, args: Args | null): Mirrored<T> {
  const mirror = kind.look(args);
  useEffect(() => mirror?.hold(), [mirror]);
  const state: MirrorState<T> = useStore<StoreApi<MirrorState<T>>>(mirror?.store ?? nothing);
  return { ...state, refetch: () => void mirror?.refetch() };
}
