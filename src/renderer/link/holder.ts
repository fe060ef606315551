/**
 * Holds the one connection of the page: opens it, listens to `live.changes`, and when it ends opens the next one,
 * patiently and for ever. Every new connection listens first; only then are readers told to fetch again, so no
 * change can fall between two connections.
 */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { Change } from '../../shared/contract/system.ts';
import type { Connection, OpenConnection } from './connection.ts';

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'lost'; readonly since: number; readonly retryAt: number; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

export interface HolderOptions {
  readonly open: OpenConnection;
  readonly onState: (state: LinkState) => void;
  /** A change after a commit; `seq` rises. */
  readonly onChange: (change: Change) => void;
  /** A new connection listens: what was read before may be old. */
  readonly onFresh: (seq: number) => void;
  /** Milliseconds since the epoch; given so that tests own the time. */
  readonly now?: () => number;
}

export interface Holder {
  /** The client of the open connection, else null. */
  readonly client: () => HookyardClient | null;
  /** Does not wait for the planned moment of the next try. */
  readonly retryNow: () => void;
  readonly close: () => void;
}

const firstDelayMs = 250;
const longestDelayMs = 5_000;
/** A try that has not led to a first event in this time is given up. */
const patienceMs = 10_000;

/** Starts to hold a connection; goes on until `close`. */
export function holdConnection(options: HolderOptions): Holder {
  const now = options.now ?? Date.now;
  const stop = new AbortController();
  let client: HookyardClient | null = null;
  let current: Connection | null = null;
  let wake: (() => void) | null = null;
  let lostSince: number | null = null;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Listens until the connection ends; returns why. Resolves `opened` with the first event. */
  const listen = async (connection: Connection, onOpened: () => void): Promise<void> => {
    const changes = await connection.client.live.changes(undefined, { signal: stop.signal });
    let isFirst = true;
    for await (const change of changes) {
      if (isFirst) {
        isFirst = false;
        onOpened();
        options.onFresh(change.seq);
      } else options.onChange(change);
    }
  };

  const runOnce = async (): Promise<{ wasOpen: boolean; isRefused: boolean; message: string }> => {
    let wasOpen = false;
    const opening = new AbortController();
    const patience = setTimeout(() => opening.abort(), patienceMs);
    const silence = new Promise<{ reason: 'lost'; message: string }>((resolve) => {
      opening.signal.addEventListener('abort', () =>
        resolve({ reason: 'lost', message: 'Hookyard does not answer.' }),
      );
    });
    let connection: Connection;
    try {
      connection = await options.open(opening.signal);
    } catch {
      clearTimeout(patience);
      return { wasOpen, isRefused: false, message: 'Hookyard does not answer.' };
    }
    current = connection;
    const onOpened = (): void => {
      clearTimeout(patience);
      wasOpen = true;
      lostSince = null;
      client = connection.client;
      options.onState({ kind: 'open' });
    };
    const streamEnded = listen(connection, onOpened).then(
      () => ({ reason: 'lost', message: 'Hookyard ended the connection.' }) as const,
      () => ({ reason: 'lost', message: 'The connection was cut.' }) as const,
    );
    // A refusal closes the socket and with it the stream: the socket's own word on why comes first.
    const end = await Promise.race([
      connection.ended,
      silence,
      streamEnded.then(async (end) => {
        await pauseBriefly();
        return end;
      }),
    ]);
    clearTimeout(patience);
    client = null;
    current = null;
    connection.close();
    return { wasOpen, isRefused: end.reason === 'refused', message: end.message };
  };

  const loop = async (): Promise<void> => {
    let delayMs = firstDelayMs;
    options.onState({ kind: 'connecting' });
    while (!stop.signal.aborted) {
      const end = await runOnce();
      if (stop.signal.aborted) return;
      if (end.isRefused) {
        options.onState({ kind: 'refused', message: end.message });
        await pause(2 ** 31 - 1);
        continue;
      }
      if (end.wasOpen) delayMs = firstDelayMs;
      lostSince ??= now();
      options.onState({
        kind: 'lost',
        since: lostSince,
        retryAt: now() + delayMs,
        message: end.message,
      });
      await pause(delayMs);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    }
  };
  void loop();

  return {
    client: () => client,
    retryNow: () => wake?.(),
    close: () => {
      stop.abort();
      current?.close();
      wake?.();
    },
  };
}

/** One turn of the clock: enough for a close event that is already on its way. */
function pauseBriefly(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}
