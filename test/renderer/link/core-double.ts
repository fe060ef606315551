/**
 * A core for tests of the page's link: the contract's change feed and run lists behind a real WebSocket and token
 * check, with everything it holds in the test's hands. It can be stopped and started again on the same port.
 */
import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer } from 'ws';
import { contract } from '../../../src/shared/contract/index.ts';
import type { Change } from '../../../src/shared/contract/system.ts';
import type { RunSummary } from '../../../src/shared/contract/views.ts';

const token = 'the-token';

/** A run for a list, newest with the highest number. */
export function runNumber(number: number, status: RunSummary['status'] = 'succeeded'): RunSummary {
  const at = new Date(1_700_000_000_000 + number * 1_000).toISOString();
  return {
    id: `run_${number}`,
    workflowId: 'wf_1',
    workflowName: 'Order intake',
    version: 1,
    status,
    target: null,
    error: null,
    inDoubt: false,
    createdAt: at,
    startedAt: at,
    finishedAt: at,
    waitingFor: null,
    requestId: null,
    startNodeId: 'hook',
    trigger: 'webhook',
    parent: null,
    retryOf: null,
    edits: null,
    test: null,
  };
}

export interface CoreDouble {
  readonly url: string;
  readonly token: string;
  /** Newest first. */
  runs: RunSummary[];
  /** Calls of `runs.list` so far. */
  readonly listCalls: { readonly cursor: string | undefined; readonly q: string | undefined }[];
  /** Set to make `runs.list` wait until it settles. */
  gate: Promise<void>;
  readonly announce: (topics: Change['topics']) => void;
  readonly start: (port?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A core that is not started yet. */
export function createCoreDouble(): CoreDouble {
  const subscribers = new Set<(change: Change) => void>();
  let seq = 0;
  let server: WebSocketServer | null = null;
  let port = 0;
  const os = implement(contract);
  const router = {
    live: {
      changes: os.live.changes.handler(async function* ({ signal }) {
        const queue: Change[] = [];
        let wake: () => void = () => undefined;
        const hear = (change: Change): void => {
          queue.push(change);
          wake();
        };
        subscribers.add(hear);
        signal?.addEventListener('abort', () => wake());
        try {
          yield { seq, topics: {} };
          while (!signal?.aborted) {
            const next = queue.shift();
            if (next === undefined) {
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
            } else yield next;
          }
        } finally {
          subscribers.delete(hear);
        }
      }),
    },
    runs: {
      list: os.runs.list.handler(async ({ input }) => {
        core.listCalls.push({ cursor: input.cursor, q: input.q });
        await core.gate;
        const from = input.cursor === undefined ? 0 : core.runs.findIndex(({ id }) => id === input.cursor);
        const items = core.runs.slice(from, from + input.limit);
        return { items, nextCursor: core.runs[from + input.limit]?.id ?? null };
      }),
      get: os.runs.get.handler(({ input }) => {
        const run = core.runs.find(({ id }) => id === input.id);
        if (run === undefined) throw new Error('no such run');
        return { ...run, input: null, output: null, steps: [], resumeUrl: null, waits: [], children: [] };
      }),
    },
  };
  const handler = new RPCHandler(router);

  const core: CoreDouble = {
    get url() {
      return `ws://127.0.0.1:${port}`;
    },
    token,
    runs: [],
    listCalls: [],
    gate: Promise.resolve(),
    announce: (topics) => {
      seq += 1;
      for (const hear of subscribers) hear({ seq, topics });
    },
    start: (wanted = port) =>
      new Promise((resolve) => {
        const listening = new WebSocketServer({ host: '127.0.0.1', port: wanted });
        server = listening;
        listening.on('connection', (socket) => {
          socket.once('message', (data) => {
            const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
            if (text !== JSON.stringify({ token })) socket.close(4401, 'token');
            else void handler.upgrade(socket);
          });
        });
        listening.once('listening', () => {
          const address = listening.address();
          if (typeof address === 'object' && address !== null) ({ port } = address);
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of server?.clients ?? []) socket.terminate();
        server?.close(() => resolve());
      }),
  };
  return core;
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean, what: string, deadlineMs = 15_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`It never came to be: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
