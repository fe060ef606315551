/**
 * Waits for a run on behalf of its caller and says how it ended (SPEC 10). Nothing is silent: a run that is late, paused, failed
 * or ended elsewhere is told as that. The run goes on whatever happens to the caller.
 */
import { AppError } from '../../../shared/errors.ts';
import { isLive } from '../../../shared/model/run.ts';
import type { ResponseSettings } from '../../../shared/model/endpoint.ts';
import { pauseSignal } from '../../engine/pause.ts';
import type { RunSignal } from '../../engine/watches.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { bodyOfValue, errorAnswer, jsonAnswer, successAnswer } from '../replies.ts';
import type { Tools } from '../tools.ts';
import { answerOfRun } from './answer-of-run.ts';

/** The longest an endpoint may let its caller wait. */
const longestPatienceMs = 600_000;

/** What a waiting caller learns first. */
type Ending =
  | Exclude<RunSignal, { kind: 'finished' }>
  | { readonly kind: 'ended' }
  /** Its workflow is paused: nobody knows how long. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'late' };

/** Listens to a run from before it exists, so that nothing it says is missed. */
export interface RunListener {
  /** The answer for the caller, once the run was admitted. */
  answer(): Promise<Answer>;
  close(): void;
}

/**
 * Starts to listen. Call before the admission for a run it starts, right after it for one it resumes.
 */
export function listenToRun(exchange: Exchange, runId: string, tools: Tools): RunListener {
  const { response } = routeOf(exchange);
  let watch = tools.engine.watchRun(runId);
  const patienceMs = response.timeoutSeconds * 1_000;
  let pausedFrom = Infinity;
  /** Told by the store, for what happened before anyone watched. */
  const stored = (): Ending | undefined => {
    const run = tools.store.read.runs.byId(runId);
    if (run === undefined || !isLive(run.status)) return { kind: 'ended' };
    const pause = pauseSignal(tools.store, runId);
    return pause !== undefined && isPause(pause) ? pause : undefined;
  };
  /** Whether the run goes on later than anybody may wait: a shorter delay is a part of it like any other step. */
  const isPause = ({ untilAt = Infinity }: Extract<RunSignal, { kind: 'waiting' }>): boolean =>
    untilAt > pausedFrom || untilAt === Infinity;
  const next = async (): Promise<Ending> => {
    const signal = await watch.signal;
    if (signal.kind === 'finished') return { kind: 'ended' };
    // In the other modes a `respond` step is a step like any other: the run is watched on, and so over short delays.
    const isAnswer = signal.kind === 'waiting' ? isPause(signal) : response.mode === 'respond';
    if (isAnswer) return signal;
    watch = tools.engine.watchRun(runId);
    return stored() ?? next();
  };
  return {
    async answer() {
      if (tools.store.read.runs.byId(runId)?.heldBy === 'pause') {
        return answerOf(exchange, runId, { kind: 'queued' }, response, tools);
      }
      pausedFrom = tools.clock.now() + longestPatienceMs;
      const ending = await within(patienceMs, next(), tools);
      return answerOf(exchange, runId, ending, response, tools);
    },
    close: () => watch.close(),
  };
}

/** The ending, or `late` when it takes too long or the receiver closes. */
function within(limitMs: number, ending: Promise<Ending>, { clock, closing }: Tools): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const isLate = (): void => resolve({ kind: 'late' });
  const cancel = clock.after(limitMs, isLate);
  closing.addEventListener('abort', isLate, { once: true });
  ending.then(resolve, reject);
  return promise.finally(() => {
    cancel();
    closing.removeEventListener('abort', isLate);
  });
}

function answerOf(
  exchange: Exchange,
  runId: string,
  ending: Ending,
  response: ResponseSettings,
  tools: Tools,
): Answer {
  switch (ending.kind) {
    case 'responded': {
      const headers = { ...response.headers, ...ending.headers };
      const status = ending.status ?? response.status;
      return successAnswer({ status, headers }, bodyOfValue(ending.body, headers, 'plain'));
    }
    case 'waiting':
    case 'queued':
      return jsonAnswer(202, { success: true, executionId: runId, status: ending.kind });
    case 'late':
      return errorAnswer(
        new AppError({ code: 'run_timeout' }),
        exchange.id,
        { Location: `/v1/workflow-runs/${runId}` },
        { executionId: runId, status: 'running' },
      );
    case 'ended':
      return answerOfRun(exchange.id, runId, response, tools);
  }
}
