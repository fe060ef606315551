/**
 * The outermost stage: whatever happens to a request, it ends in one answer and one record. Accepted requests were stored
 * by their admission and get their answer noted; all others that came to a known endpoint are recorded here.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { Answer, Exchange } from './exchange.ts';
import { runStages } from './pipeline.ts';
import { errorAnswer } from './replies.ts';
import { noteOf } from './reply-note.ts';
import { noticeDrift } from './sample/notice-drift.ts';
import { storableRaw } from './storable-raw.ts';
import type { Tools } from './tools.ts';

/** Bytes kept of the body of a refused request (SPEC 12). */
const keptBytes = 65_536;
/** How long a refusal waits for a body that is still on its way, so that the request can be retried later. */
const patienceMs = 250;

/** Judges a request. Never throws; `isStored` and `verdict` of the exchange tell how to record it. */
export async function judgeRequest(exchange: Exchange, tools: Tools): Promise<Answer> {
  try {
    const answer = await runStages(exchange, tools);
    exchange.passed();
    return withExtra(answer, exchange);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.kind === 'defect') {
      tools.logger.error(
        { err: thrown, requestId: exchange.id, stage: exchange.stage },
        'a request failed here',
      );
    }
    exchange.verdict = 'rejected';
    exchange.reason ??= error.code;
    exchange.reasonText = error.reason ?? error.message;
    exchange.failed(exchange.reasonText);
    if (error.code === 'endpoint_misconfigured') {
      const name = exchange.route?.endpoint.name ?? '';
      tools.noteFault(
        `The endpoint "${name}" answers 503, because it can not judge its callers: ${exchange.reasonText}`,
      );
    }
    return isHidden(exchange)
      ? errorAnswer(new AppError({ code: 'not_found' }), exchange.id)
      : withExtra(errorAnswer(error, exchange.id), exchange);
  }
}

/** Stages at whose end a caller has shown to be genuine. */
const beforeTrust: ReadonlySet<string> = new Set([
  'route',
  'method',
  'address',
  'pace',
  'body',
  'handshake',
  'auth',
]);

/** Whether nobody may learn that the endpoint exists: it is closed, and only listens for the sample of who has its key. */
function isHidden({ route, stage }: Exchange): boolean {
  return route?.closed !== undefined && beforeTrust.has(stage);
}

function withExtra(answer: Answer, { extraHeaders }: Exchange): Answer {
  return extraHeaders === undefined ? answer : { ...answer, headers: { ...answer.headers, ...extraHeaders } };
}

/** Whether the request has to be recorded before its answer leaves: so that whoever looks afterwards finds it. */
export function isToBeCaptured({ isStored, route }: Exchange): boolean {
  return !isStored && route !== undefined;
}

/**
 * Records a request that was not admitted, with the beginning of its body. Gives the answer to send: what was filtered is
 * answered 200, which stands only for what is on the disk (RELIABILITY P1); a refusal promises nothing.
 */
export async function captureRefused(exchange: Exchange, answer: Answer, tools: Tools): Promise<Answer> {
  const { route, source } = exchange;
  if (route === undefined) return answer;
  if (exchange.body.byteLength === 0 && isWorthReading(exchange)) {
    exchange.body = await source.readBeginning(keptBytes, patienceMs);
  }
  const record = {
    request: {
      id: exchange.id,
      endpointId: route.endpoint.id,
      raw: storableRaw(exchange, tools),
      clientIp: exchange.caller.text,
      stages: exchange.stages,
      replayOf: exchange.repeat?.replayOf ?? null,
    },
    verdict: exchange.verdict,
    reason: exchange.reason,
    reasonText: exchange.reasonText,
    reply: noteOf(answer, route.credentials.headers),
    durationMs: exchange.elapsedMs,
    bodySize: Math.max(exchange.body.byteLength, source.received, source.declared ?? 0),
    drift: noticeDrift(exchange),
  };
  if (exchange.verdict !== 'filtered') {
    tools.store.writeLazy('captureRefused', record);
    return answer;
  }
  try {
    await tools.store.write('captureRefused', record);
    return answer;
  } catch (thrown) {
    return errorAnswer(toAppError(thrown), exchange.id);
  }
}

/** Whether the body of a refused request can be kept; where the framing is in doubt, so is where a body ends. */
function isWorthReading({ source, stage }: Exchange): boolean {
  return source.received > 0 || (stage !== 'framing' && (source.declared ?? 0) <= keptBytes);
}

/** Notes the answer an admitted request got, and how long that took. */
export function noteReply(exchange: Exchange, answer: Answer, { store }: Tools): void {
  // An answer that is stored with the admission is not stored again.
  const isKnown = exchange.isAnswerStored && exchange.extraHeaders === undefined;
  store.writeLazy('noteReplies', [
    {
      id: exchange.id,
      reply: isKnown ? null : noteOf(answer),
      durationMs: exchange.elapsedMs,
      drift: exchange.verdict === 'sample' ? null : noticeDrift(exchange),
    },
  ]);
}
