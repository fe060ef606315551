/**
 * The receiver: what faces the callers (SPEC 1, 4). Webhook URLs go through the pipeline; everything else through Koa, where
 * `/healthz` is ours and the rest whoever mounts it (`/v1`, `/docs`).
 */
import type { Server } from 'node:http';
import type { Middleware } from 'koa';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { RawReply, RawRequest } from '../base/raw-request.ts';
import { restoreCredentials } from '../base/credentials.ts';
import type { Vault } from '../base/vault.ts';
import type { Engine } from '../engine/engine.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/open-store.ts';
import { StoredBody } from './body/body-source.ts';
import { createConnections } from './connections.ts';
import { Exchange } from './exchange.ts';
import { MinuteCounter } from './gate/minute-counter.ts';
import { readHead } from './head.ts';
import { captureRefused, isToBeCaptured, judgeRequest, noteReply } from './journal.ts';
import { createListener, standardLimits, type ConnectionLimits } from './listener.ts';
import { closeServer, listenAt } from './ports.ts';
import { createRouteTable } from './routes/route-table.ts';
import { createSideDoor } from './side-door.ts';
import { SkewWatch, type ClockDoubt } from './gate/skew-watch.ts';
import { createStorageGauge } from './gate/storage-gauge.ts';
import { createOutside, type Outside } from './outside.ts';
import { repeatOf } from './repeat.ts';
import { findResumeRoute, isResumePath } from './resume-route.ts';
import type { ReceiverSettings, Tools } from './tools.ts';
import { createIntake } from './intake.ts';

/** How often the same fault of an endpoint is logged. */
const faultPaceMs = 60_000;

export type { ReceiverSettings } from './tools.ts';

export interface ReceiverParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly sandbox: Sandbox;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: () => ReceiverSettings;
  /** Serves what is no webhook URL. */
  readonly fallback?: Middleware;
  /** The way to senders; absent: the network. */
  readonly outside?: Outside;
  /** Shorter in tests. */
  readonly limits?: Partial<ConnectionLimits>;
}

export interface JudgeOptions {
  /** The stored request that is judged again. */
  readonly replayOf: string;
  /** Its endpoint, wherever that is reached now. */
  readonly endpointId: string;
  /** Judge timestamps as of the time it was captured. */
  readonly waiveFreshness?: boolean;
  /** Key under which a bulk job repeats it: it is taken once, and answered without waiting for its run. */
  readonly jobKey?: string;
  /** Whether something of it was changed since. */
  readonly edited?: boolean;
}

export interface ReceiverState {
  readonly listening: boolean;
  readonly host: string | null;
  readonly port: number | null;
  /** Requests being judged or waited for. */
  readonly inFlight: number;
  /** Open connections, idle ones included. */
  readonly connections: number;
  /** Where and since when genuine requests say that a clock is wrong (RELIABILITY J2); null: nowhere. */
  readonly clockDoubt: ClockDoubt | null;
  /** The last call an endpoint had to refuse because its secrets or settings can not be used (RELIABILITY C14). */
  readonly lastFault: { readonly at: number; readonly message: string } | null;
}

export interface Receiver {
  /**
   * Listens; a receiver that listens already moves, and stays where it is when the new place can not be had.
   * @throws AppError `port_in_use`
   */
  listen(place: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }>;
  /** Judges a stored request by today's configuration, like one that has just arrived. Never throws. */
  judge(raw: RawRequest, options: JudgeOptions): Promise<RawReply & { readonly requestId: string }>;
  state(): ReceiverState;
  /** Stops accepting and answers what is in flight, at most 10 s. */
  close(): Promise<void>;
}

/** Makes a receiver; it does not listen yet. */
export function createReceiver(parts: ReceiverParts): Receiver {
  const { store, engine, sandbox, vault, clock, logger, settings, fallback } = parts;
  let lastFault: ReceiverState['lastFault'] = null;
  const closing = new AbortController();
  const tools: Tools = {
    store,
    engine,
    sandbox,
    vault,
    clock,
    logger,
    settings,
    outside: parts.outside ?? createOutside({ clock }),
    rates: new MinuteCounter(),
    failures: new MinuteCounter(),
    skew: new SkewWatch(),
    canStore: createStorageGauge(store),
    closing: closing.signal,
    noteFault(message) {
      const at = clock.now();
      // Whoever calls on and on does not fill the log.
      if (lastFault?.message !== message || at - lastFault.at > faultPaceMs)
        logger.error({ reason: message }, 'an endpoint can not be used');
      lastFault = { at, message };
    },
  };
  const table = createRouteTable({ store, vault, logger });
  const limits = { ...standardLimits, ...parts.limits };
  const sideDoor = createSideDoor({ store, logger, fallback });
  const intake = createIntake({ table, tools, sideDoor });
  const connections = createConnections(limits);
  const openServer = (): Server => {
    const opened = createListener(intake.take, limits);
    connections.watch(opened);
    return opened;
  };

  let server: Server | undefined;
  let bound: { readonly host: string; readonly port: number } | undefined;

  async function move(place: { readonly host: string; readonly port: number }) {
    const before = server;
    const wasAt = bound;
    // One port can not be had twice: the old listener lets go of it first, and comes back when the new one fails.
    const isSamePort = wasAt !== undefined && wasAt.port === place.port;
    if (isSamePort) before?.close();
    const next = openServer();
    try {
      bound = await listenAt(next, place);
    } catch (error) {
      if (isSamePort) {
        server = openServer();
        bound = await listenAt(server, wasAt);
      }
      throw error;
    }
    server = next;
    if (before !== undefined) void closeServer(before, limits.graceMs);
    return bound;
  }

  return {
    listen: move,
    async judge(stored, options) {
      const { replayOf, endpointId } = options;
      const raw = restoreCredentials(stored, vault, replayOf);
      const repeat = repeatOf(store.read.requests.byId(replayOf), raw.receivedAt, options);
      const head = readHead({ ...raw, receivedAt: clock.now() });
      // What came to a run's own resume URL is led there again, where it is told to be spent.
      const isResume = !repeat.mark.elsewhere && isResumePath(head.pathname);
      const route = isResume ? findResumeRoute(head.pathname, table, tools) : table.byEndpoint(endpointId);
      const exchange = new Exchange(head, new StoredBody(raw.body), route, repeat);
      const judged = await judgeRequest(exchange, tools);
      const answer = isToBeCaptured(exchange) ? await captureRefused(exchange, judged, tools) : judged;
      if (exchange.isStored) noteReply(exchange, answer, tools);
      exchange.afterAnswer?.();
      return { ...answer, requestId: exchange.id };
    },
    state: () => ({
      listening: server?.listening === true,
      host: bound?.host ?? null,
      port: bound?.port ?? null,
      inFlight: intake.inFlight(),
      connections: connections.size,
      clockDoubt: tools.skew.doubt(clock.now()),
      lastFault,
    }),
    async close() {
      intake.stop();
      if (server === undefined) return;
      await closeServer(server, limits.graceMs, () => closing.abort());
      server = undefined;
      bound = undefined;
    },
  };
}
