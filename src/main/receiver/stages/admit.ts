/**
 * Stages 11 and 12, admission (SPEC 4.11, 4.12): one transaction holds the request, its bytes, its key and what it starts or
 * resumes. The answer leaves only after that is on the disk.
 */
import { AppError } from '../../../shared/errors.ts';
import { passPoint } from '../../base/crash-points.ts';
import { findDedupe } from '../admission/dedupe-key.ts';
import { listenToRun, type RunListener } from '../admission/await-run.ts';
import type { AdmissionPlan } from '../admission/admission-plan.ts';
import { render, scopeOf } from '../evaluate.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { acceptedAnswer, bodyOfValue, jsonAnswer, successAnswer } from '../replies.ts';
import { noteOf } from '../reply-note.ts';
import type { AdmissionOutcome } from '../../store/types.ts';
import { storableRaw } from '../storable-raw.ts';
import type { Tools } from '../tools.ts';
import { askBack } from './check-pace.ts';

const nothingPlanned: AdmissionPlan = { runs: [], resume: null, requireTarget: null };

/**
 * @throws AppError `no_waiting_step`, `target_not_found`, `idempotency_mismatch`, `busy`, `storage_unavailable`; expression
 * errors of the endpoint's templates
 */
export async function admit(exchange: Exchange, tools: Tools): Promise<Answer> {
  const route = routeOf(exchange);
  if (exchange.head.raw.method === 'HEAD') return answerHead(exchange);

  const { plan = nothingPlanned } = exchange;
  const keyed = findDedupe(exchange, tools);
  const dedupe = keyed instanceof Promise ? await keyed : keyed;
  const { runs, resume, requireTarget } = plan;
  if (runs.length === 0 && resume === null) throw noWaitingStep();

  passPoint('request judged');
  const atOnce = await answerAtOnce(exchange, plan, tools);
  const [first] = runs;
  const listener =
    atOnce === undefined && first !== undefined ? listenToRun(exchange, first.id, tools) : undefined;
  // Said before it is known whether the delivery came before: that is found out in the transaction that stores this.
  exchange.note = `${noteOfPlan(plan)}${dedupe === null ? '.' : ', unless this delivery came before.'}`;
  exchange.passed();
  try {
    const outcome = await tools.store.write('admit', {
      request: {
        id: exchange.id,
        endpointId: route.endpoint.id,
        raw: storableRaw(exchange, tools),
        clientIp: exchange.caller.text,
        stages: exchange.stages,
        replayOf: exchange.repeat?.replayOf ?? null,
      },
      dedupe,
      resume,
      runs,
      requireTarget,
      queueLimit: tools.settings().queueLimit,
      reply: atOnce === undefined ? null : noteOf(atOnce),
    });
    return await answerOutcome(exchange, outcome, atOnce, listener, tools);
  } catch (error) {
    if (error instanceof AppError && error.code === 'storage_unavailable') askBack(exchange);
    throw error;
  } finally {
    listener?.close();
  }
}

function noteOfPlan({ runs, resume }: AdmissionPlan): string {
  if (resume !== null && runs.length === 0) return 'A waiting run is to go on';
  if (resume !== null && resume.insteadOf.length === runs.length)
    return 'A waiting run is to go on, else one is to start';
  return runs.length === 1 ? 'One run is to start' : `${runs.length} runs are to start`;
}

/** Whether the caller waits for no run: a bulk job never does. */
function isAnsweredAtOnce(exchange: Exchange): boolean {
  return routeOf(exchange).response.mode === 'minimal' || exchange.repeat?.jobKey !== undefined;
}

/** The answer that does not depend on how the run goes; undefined in the waiting modes. */
async function answerAtOnce(
  exchange: Exchange,
  plan: AdmissionPlan,
  tools: Tools,
): Promise<Answer | undefined> {
  const { response } = routeOf(exchange);
  const runIds = plan.runs.map((run) => run.id);
  if (isAnsweredAtOnce(exchange)) return acceptedAnswer(response, runIds, exchange.id);
  if (response.mode !== 'custom') return undefined;
  const [first] = plan.runs;
  const run = first === undefined ? {} : { run: { id: first.id, workflowId: first.workflowId } };
  const body = await render(response.body, { ...scopeOf(exchange, tools), ...run }, tools);
  return successAnswer(response, bodyOfValue(body ?? '', response.headers, 'plain'));
}

async function answerOutcome(
  exchange: Exchange,
  outcome: AdmissionOutcome,
  atOnce: Answer | undefined,
  listener: RunListener | undefined,
  tools: Tools,
): Promise<Answer> {
  const { response } = routeOf(exchange);
  exchange.isStored = outcome.kind !== 'busy';
  const isAsPlanned = outcome.kind === 'started' && outcome.runIds.length === exchange.plan?.runs.length;
  exchange.isAnswerStored = isAsPlanned && atOnce !== undefined;
  switch (outcome.kind) {
    case 'started':
      tools.engine.wake();
      // Where a run on its way takes the delivery instead of one that was planned, that one has no answer.
      if (!isAsPlanned) return acceptedAnswer(response, outcome.runIds, exchange.id);
      return (
        atOnce ??
        (listener === undefined ? acceptedAnswer(response, outcome.runIds, exchange.id) : listener.answer())
      );
    case 'resumed': {
      const answer = answerResumed(exchange, outcome, atOnce, tools);
      tools.engine.wake();
      return answer;
    }
    case 'held':
      return jsonAnswer(202, { success: true, status: 'held', requestId: exchange.id });
    case 'duplicate': {
      const { runIds } = outcome;
      const ids = runIds.length === 0 ? {} : { executionId: runIds[0], executionIds: runIds };
      return jsonAnswer(200, { success: true, ...ids, requestId: exchange.id, duplicate: true });
    }
    case 'mismatch':
      throw new AppError({ code: 'idempotency_mismatch' });
    case 'no_waiting_step':
      throw noWaitingStep();
    case 'target_not_found':
      throw new AppError({ code: 'target_not_found' });
    case 'busy':
      askBack(exchange);
      throw new AppError({ code: 'busy' });
  }
}

/** A resumed run answers like a started one: with its id, or in a waiting mode with what it does next. */
async function answerResumed(
  exchange: Exchange,
  { runId, runIds }: Extract<AdmissionOutcome, { kind: 'resumed' }>,
  atOnce: Answer | undefined,
  tools: Tools,
): Promise<Answer> {
  const { response } = routeOf(exchange);
  if (isAnsweredAtOnce(exchange)) return acceptedAnswer(response, [runId, ...runIds], exchange.id);
  if (atOnce !== undefined) return atOnce;
  const listener = listenToRun(exchange, runId, tools);
  try {
    return await listener.answer();
  } finally {
    listener.close();
  }
}

/** HEAD is answered like GET and starts nothing (SPEC 4). */
function answerHead(exchange: Exchange): Answer {
  const { response } = routeOf(exchange);
  exchange.verdict = 'filtered';
  exchange.reason = 'head';
  exchange.reasonText = 'HEAD asks for the headers of an answer and never starts a run.';
  return successAnswer(response, { kind: 'json', text: '' });
}

function noWaitingStep(): AppError {
  return new AppError({
    code: 'no_waiting_step',
    reason: 'No run waits here for this request, and none is on its way.',
  });
}
