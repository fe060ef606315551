/**
 * What the workflows under test call: a server that outlives every kill and keeps a ledger of the idempotency keys it
 * was sent, with the run and step each stands for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { openHttpTarget } from '../../support/http-target.ts';
import { between } from '../trial.ts';

export interface Sends {
  readonly runId: string;
  readonly nodeId: string;
  count: number;
}

export interface Target extends AsyncDisposable {
  readonly origin: string;
  /** By idempotency key. */
  readonly sends: ReadonlyMap<string, Sends>;
  /** Calls without a key, or whose key stood for another step before. */
  readonly faults: readonly string[];
}

/** Only what leads to the wait is told where to answer it. */
const called = z.object({ run: z.string(), node: z.string(), resume: z.url().optional() });

/** Starts it; `onAsk` is told the resume path of each run that tells it. */
export async function openTarget(onAsk: (runId: string, resumePath: string) => void): Promise<Target> {
  const sends = new Map<string, Sends>();
  const faults: string[] = [];
  const target = await openHttpTarget((call, response) => {
    const { run, node, resume } = called.parse(JSON.parse(call.body));
    const key = String(call.headers['idempotency-key']);
    const known = sends.get(key) ?? { runId: run, nodeId: node, count: 0 };
    if (known.runId !== run || known.nodeId !== node) faults.push(`one key for two steps: ${key}`);
    known.count += 1;
    sends.set(key, known);
    if (resume !== undefined) onAsk(run, new URL(resume).pathname);
    // Kept short by the ledger: the calls themselves are not needed.
    target.calls.length = 0;
    void pause(between(0, 12)).then(() => response.end('{}'));
  });
  return { origin: target.origin, sends, faults, [Symbol.asyncDispose]: () => target.close() };
}
