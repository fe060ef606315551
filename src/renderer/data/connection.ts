/**
 * The page's connection as state, and the only way to call the core: `call` waits for the connection, turns what is
 * thrown into a `Failure`, and `onChange` tells mirrors what became stale.
 */
import { create } from 'zustand';
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { Change } from '../../shared/contract/system.ts';
import type { OpenConnection } from '../link/connection.ts';
import { FailureError, isAbort, offlineFailure, toFailure } from '../link/failure.ts';
import { type Holder, holdConnection, type LinkState } from '../link/holder.ts';

export type { Failure } from '../link/failure.ts';
export { FailureError, toFailure } from '../link/failure.ts';
export type { LinkState } from '../link/holder.ts';

/** A topic of the change feed. */
export type Topic = keyof Change['topics'];

/** Hears of every change; `null` means: anything may have changed. */
export type ChangeListener = (change: Change | null) => void;

/** State of the connection, for the banner and the status bar. */
export const useLink = create<{ readonly state: LinkState }>(() => ({ state: { kind: 'connecting' } }));

const listeners = new Set<ChangeListener>();
let holder: Holder | null = null;
/** How long a call waits for a connection that is being opened. */
const waitMs = 8_000;

/** Starts the connection of this page; the returned function ends it. */
export function connect(open: OpenConnection): () => void {
  holder?.close();
  const own = holdConnection({
    open,
    onState: (state) => useLink.setState({ state }),
    onChange: tell,
    onFresh: () => tell(null),
  });
  holder = own;
  return () => {
    own.close();
    if (holder === own) holder = null;
  };
}

/** Tries the connection again at once. */
export function reconnectNow(): void {
  holder?.retryNow();
}

/** Subscribes to changes; the returned function ends it. */
export function onChange(listener: ChangeListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(change: Change | null): void {
  for (const listener of listeners) listener(change);
}

/**
 * Calls the core. Throws `FailureError`, or `AbortError` when `signal` fired.
 * While the connection is being opened the call waits; while it is lost it fails at once with `offline`.
 */
export async function call<T>(
  work: (client: HookyardClient, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  const client = holder?.client() ?? (await clientSoon(signal));
  try {
    return await work(client, signal);
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) throw new DOMException('Not wanted any more.', 'AbortError');
    throw new FailureError(toFailure(thrown), thrown);
  }
}

/** The client once the connection that is being opened is open. */
function clientSoon(signal: AbortSignal): Promise<HookyardClient> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (): void => finish(() => reject(new FailureError(offlineFailure)));
    const onAbort = (): void => finish(() => reject(new DOMException('Not wanted any more.', 'AbortError')));
    const look = (state: LinkState): void => {
      const client = holder?.client() ?? null;
      if (client !== null) finish(() => resolve(client));
      else if (state.kind === 'lost' || state.kind === 'refused') fail();
    };
    const timer = setTimeout(fail, waitMs);
    const unsubscribe = useLink.subscribe(({ state }) => look(state));
    signal.addEventListener('abort', onAbort);
    look(useLink.getState().state);
  });
}
