/**
 * The way out: one HTTP call with every limit of SPEC 12 on it. Each connection is guarded where it is dialled; 10 s to
 * connect, 30 s to the first byte, 10 MB on the wire and decoded, one layer of encoding, no cookies. Redirects are not
 * its business. Who calls it decides the total time by a signal.
 */
import { Agent, buildConnector } from 'undici';
import { AppError } from '../../../shared/errors.ts';
import { createDialGuard, lookupOf, resolveBySystem, type Resolve } from '../network/dial-guard.ts';
import { type Grant, grantFor } from '../network/private-hosts.ts';
import type { OutboundReply, OutboundRequest } from '../step.ts';
import { exchange } from './exchange.ts';

/** What bounds one call beside the fixed limits. */
export interface CallBounds {
  /** Aborted, with an AppError as its reason, when the call is to end. */
  readonly signal: AbortSignal;
  /** `privateHosts` of the workflow. */
  readonly privateHosts: readonly string[];
}

export interface Outbound {
  /**
   * Sends and reads the whole answer.
   * @throws AppError `target_blocked`, `http_failed` with a plain sentence; `details.sent` tells that something of the
   * request may have arrived
   */
  send(request: OutboundRequest, bounds: CallBounds): Promise<OutboundReply>;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** Ports of this process, which no step may call. */
  readonly ownPorts?: () => readonly number[];
  readonly resolve?: Resolve;
  readonly connectMs?: number;
  readonly firstByteMs?: number;
  /** Longest answer, in bytes, on the wire and decoded. */
  readonly longestBody?: number;
}

/** Kinds of grants with connections of their own at once; the oldest is let go beyond. */
const mostAgents = 64;

/** Sends for real, over pools of kept connections. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const { connectMs = 10_000, firstByteMs = 30_000, longestBody = 10_485_760 } = options;
  const { ownPorts = () => [], resolve = resolveBySystem } = options;
  const guard = createDialGuard({ ownPorts, resolve });
  const agents = new Map<string, Agent>();

  function tooSlow(): AppError {
    return new AppError({
      code: 'http_failed',
      message: `No connection within ${connectMs / 1_000} seconds.`,
    });
  }

  async function inTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(tooSlow()), ms);
    try {
      return await Promise.race([work, promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Judges, then dials what was judged. Connections are kept for calls of the same grant alone. */
  function connectorFor(grant: Grant): buildConnector.connector {
    async function judge(place: buildConnector.Options): Promise<buildConnector.connector | Error> {
      const startedAt = performance.now();
      const port = place.port === '' ? (place.protocol === 'https:' ? 443 : 80) : Number(place.port);
      try {
        const addresses = await inTime(guard.admit(place.hostname, port, grant), connectMs);
        const timeout = Math.max(1, connectMs - (performance.now() - startedAt));
        return buildConnector({ timeout, lookup: lookupOf(addresses), autoSelectFamily: true, port });
      } catch (thrown) {
        return thrown instanceof Error ? thrown : new Error(String(thrown));
      }
    }

    async function connect(place: buildConnector.Options, done: buildConnector.Callback): Promise<void> {
      const dial = await judge(place);
      if (dial instanceof Error) return done(dial, null);
      dial(place, (...result) => {
        const [error] = result;
        const isLate = error !== null && 'code' in error && error.code === 'UND_ERR_CONNECT_TIMEOUT';
        if (isLate) done(tooSlow(), null);
        else done(...result);
      });
    }

    return (place, callback) => void connect(place, callback);
  }

  function agentFor(grant: Grant): Agent {
    const known = agents.get(grant.key);
    if (known !== undefined) return known;
    const agent = new Agent({
      connect: connectorFor(grant),
      // The signal bounds the whole call; undici's own limit on the body must not cut in before it.
      bodyTimeout: 0,
      maxResponseSize: longestBody,
      keepAliveTimeout: 4_000,
    });
    const [oldest] = agents;
    if (oldest !== undefined && agents.size >= mostAgents) {
      agents.delete(oldest[0]);
      void oldest[1].close();
    }
    agents.set(grant.key, agent);
    return agent;
  }

  return {
    send(request, { signal, privateHosts }) {
      const agent = agentFor(grantFor(request.url, request.writtenHost, privateHosts));
      const patienceMs = Math.max(firstByteMs, request.patienceMs ?? 0);
      return exchange(agent, request, signal, { firstByteMs: patienceMs, longestBody });
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}
