/**
 * Senders under load: so many connections post signed deliveries as fast as they are answered, and write down what
 * was promised to them. A delivery without an answer is sent again later with the same key, as real senders do.
 */
import { setTimeout as rest } from 'node:timers/promises';
import { Pool } from 'undici';
import { z } from 'zod';
import { type Delivery, makeDelivery } from '../support/delivery.ts';

/** What the host promised for one delivery. */
export interface Promised {
  readonly sha256: string;
  readonly requestId: string;
  readonly executionId: string;
}

/** The senders' book, kept across kills of the host. */
export interface Ledger {
  /** By the delivery's id. */
  readonly promised: Map<string, Promised>;
  /** The newest of the promised ones, whole, to be sent once more. */
  readonly newest: Delivery[];
  /** Sent at least once, never answered. */
  readonly open: Delivery[];
  /** Answers that are no promise, by status; 503 is a fair one, the others are faults. */
  readonly refusals: Map<number, number>;
  /** Connections that were cut off before the answer: nobody knows what became of those (UNKNOWN). */
  cutOff: number;
  /** Answered as duplicates: stored before a kill that took the answer away. */
  recovered: number;
}

const promise = z.object({
  success: z.literal(true),
  executionId: z.string(),
  requestId: z.string(),
  duplicate: z.boolean().optional(),
});

export interface Posting {
  /** Promises made since the posting began. */
  count: () => number;
  /** Resolves when every sender has stopped: told to, or cut off. */
  ended: Promise<void>;
  /** Senders finish what is in flight and stop. */
  stop: () => void;
}

/** So many promised deliveries are kept whole. */
const keptWhole = 20;

/** An empty book. */
export function openLedger(): Ledger {
  return { promised: new Map(), newest: [], open: [], refusals: new Map(), cutOff: 0, recovered: 0 };
}

export interface PostingOptions {
  /** They send what is unanswered and stop by themselves. */
  readonly onlyOpen?: boolean;
  /** What each rests between two deliveries. */
  readonly restMs?: number;
}

/** Starts the senders. */
export function startPosting(
  url: string,
  secret: string,
  connections: number,
  ledger: Ledger,
  { onlyOpen = false, restMs = 0 }: PostingOptions = {},
): Posting {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  let isStopped = false;
  let count = 0;

  const next = (): Delivery | undefined => ledger.open.pop() ?? (onlyOpen ? undefined : makeDelivery(secret));

  const post = async (delivery: Delivery): Promise<void> => {
    const { statusCode, body } = await pool.request({
      path: pathname + search,
      method: 'POST',
      headers: delivery.headers,
      body: delivery.body,
    });
    const text = await body.text();
    if (statusCode < 200 || statusCode > 299) {
      ledger.refusals.set(statusCode, (ledger.refusals.get(statusCode) ?? 0) + 1);
      ledger.open.push(delivery);
      return;
    }
    const { executionId, requestId, duplicate = false } = promise.parse(JSON.parse(text));
    ledger.promised.set(delivery.id, { sha256: delivery.sha256, requestId, executionId });
    ledger.newest.push(delivery);
    if (ledger.newest.length > keptWhole) ledger.newest.shift();
    if (duplicate) ledger.recovered += 1;
    count += 1;
  };

  const sender = async (): Promise<void> => {
    while (!isStopped) {
      const delivery = next();
      if (!delivery) return;
      try {
        await post(delivery);
        if (restMs > 0) await rest(restMs);
      } catch (error) {
        ledger.open.push(delivery);
        if (!isCutOff(error)) throw error;
        ledger.cutOff += 1;
        return;
      }
    }
  };

  const ended = Promise.all(Array.from({ length: connections }, sender)).then(async () => {
    await pool.destroy();
  });
  return {
    count: () => count,
    ended,
    stop: () => {
      isStopped = true;
    },
  };
}

/** Sends the newest promised deliveries once more: each must be answered as the duplicate it is, with the same run. */
export async function resendPromised(url: string, ledger: Ledger): Promise<string[]> {
  const answers = ledger.newest.map(async ({ id, headers, body }) => {
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    const said = promise.safeParse(await answer.json());
    const isSame =
      said.success &&
      said.data.duplicate === true &&
      said.data.executionId === ledger.promised.get(id)?.executionId;
    return isSame ? [] : [`${id} was sent again and answered ${answer.status} as something new`];
  });
  return (await Promise.all(answers)).flat();
}

/** Only "busy" is a fair answer to a good delivery. */
export function refusalFaults({ refusals }: Pick<Ledger, 'refusals'>): string[] {
  return [...refusals]
    .filter(([status]) => status !== 503)
    .map(([status, count]) => `${count} good deliveries were answered ${status}`);
}

/** Whether the connection went away, as it does when the host is killed. */
export function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  if (error.cause !== undefined && isCutOff(error.cause)) return true;
  return typeof code === 'string' && ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'UND_ERR_SOCKET'].includes(code);
}
