/**
 * Who answers the runs that wait: sends each a request to its resume URL until it is told that it was taken, whatever
 * happens to the host meanwhile. A resume URL that was given out once is never 404 (RELIABILITY H3).
 */
import { setTimeout as rest } from 'node:timers/promises';
import { Pool } from 'undici';
import { between } from '../trial.ts';
import { isCutOff } from '../poster.ts';

export interface Resumer {
  readonly faults: readonly string[];
  /** Resumes to be sent or in the air. */
  readonly open: number;
  /** Runs that were resumed at once, and how many requests came early and were held. */
  readonly taken: ReadonlyMap<string, number>;
  readonly held: number;
  /** Answers by which nothing was taken, by status; only 503 is a fair one. */
  readonly refusals: Map<number, number>;
  /** A run told its resume path; only the first time counts. */
  add(runId: string, path: string): void;
  /** Sends what is open to a host until it goes away or this is stopped. */
  serve(receiver: string): { stop(): Promise<void> };
}

const idleMs = 3;

export interface ResumerOptions {
  /** Resumes in the air at once; 8 unless told. */
  readonly lanes?: number;
  /** How long a run is left waiting, at most, before it is resumed; not at all unless told. */
  readonly restMs?: number;
}

/** Makes one; it knows no run yet. */
export function createResumer({ lanes = 8, restMs = 0 }: ResumerOptions = {}): Resumer {
  const known = new Set<string>();
  const open: { readonly runId: string; readonly path: string }[] = [];
  const taken = new Map<string, number>();
  const refusals = new Map<number, number>();
  const faults: string[] = [];
  let held = 0;
  let inFlight = 0;

  /** What an answer means; false: to be sent again. */
  function judge(runId: string, status: number): boolean {
    if (status === 200) {
      taken.set(runId, (taken.get(runId) ?? 0) + 1);
      if (taken.get(runId) === 2) faults.push(`the wait of ${runId} was taken twice`);
    } else if (status === 202) held += 1;
    else if (status >= 500) {
      refusals.set(status, (refusals.get(status) ?? 0) + 1);
      return false;
    }
    // Taken by an earlier try whose answer was lost, or the run is over.
    else if (status !== 409) faults.push(`a resume of ${runId} was answered ${status}`);
    return true;
  }

  function serve(receiver: string): { stop(): Promise<void> } {
    const pool = new Pool(receiver, { connections: lanes });
    let isOver = false;
    const lane = async (): Promise<void> => {
      while (!isOver) {
        const next = open.shift();
        if (next === undefined) {
          await new Promise((resolve) => setTimeout(resolve, idleMs));
          continue;
        }
        inFlight += 1;
        try {
          if (restMs > 0) await rest(between(0, restMs));
          const { statusCode, body } = await pool.request({
            path: next.path,
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ for: next.runId }),
          });
          await body.dump();
          if (!judge(next.runId, statusCode)) open.push(next);
        } catch (error) {
          open.push(next);
          if (!isCutOff(error)) throw error;
          isOver = true;
        } finally {
          inFlight -= 1;
        }
      }
    };
    const ended = Promise.all(Array.from({ length: lanes }, lane));
    return {
      async stop() {
        isOver = true;
        await ended;
        await pool.destroy();
      },
    };
  }

  return {
    faults,
    refusals,
    get open() {
      return open.length + inFlight;
    },
    get taken() {
      return taken;
    },
    get held() {
      return held;
    },
    add(runId, path) {
      if (known.has(runId)) return;
      known.add(runId);
      open.push({ runId, path });
    },
    serve,
  };
}
