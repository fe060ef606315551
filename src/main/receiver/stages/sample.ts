/**
 * The sample (SPEC 6), between payload and parameters: while somebody listens, the next GET or POST that is genuine and can
 * be read becomes the sample of the endpoint and starts nothing. Exactly one does: who was first is decided in the
 * transaction that stores it. Handshakes are answered before, and what is sent again from the app is never one.
 *
 * Listening also opens an endpoint whose workflow is not live yet, or that is switched off, to the one genuine request its
 * developer is about to send; whoever can not authenticate meets the same 404 as always (SPEC 4.2).
 */
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { maySample } from '../gate/may-sample.ts';
import { jsonAnswer } from '../replies.ts';
import { noteOf } from '../reply-note.ts';
import { keepMarks } from '../sample/keep-marks.ts';
import { knownParameters } from '../sample/known-parameters.ts';
import { readSample } from '../sample/read-sample.ts';
import { storableRaw } from '../storable-raw.ts';
import type { Tools } from '../tools.ts';
import { checkMethod } from './check-method.ts';
import { findRoute } from './find-route.ts';

/** @throws AppError `storage_unavailable`; what the earlier stages refuse with when another request was first */
export function sample(exchange: Exchange, tools: Tools): undefined | Promise<Answer | undefined> {
  return maySample(exchange, tools) ? take(exchange, tools) : undefined;
}

async function take(exchange: Exchange, tools: Tools): Promise<Answer | undefined> {
  const { endpoint, sample: known } = routeOf(exchange);
  const { payload } = exchange;
  if (known === undefined) return undefined;
  const isTyped = payload?.isTyped !== false;
  const { parameters, shape } = readSample(
    { payload: payload?.value ?? null, isTyped, query: exchange.query, headers: exchange.head.raw.headers },
    known.rules,
  );
  exchange.note = `The sample: ${parameters.length} parameters.`;
  exchange.passed();
  const answer = jsonAnswer(200, { success: true, sample: true });
  const { taken } = await tools.store.write('takeSample', {
    request: {
      id: exchange.id,
      endpointId: endpoint.id,
      raw: storableRaw(exchange, tools),
      clientIp: exchange.caller.text,
      stages: exchange.stages,
      replayOf: null,
    },
    verdict: 'sample',
    reason: 'sample',
    reasonText: 'It became the sample of the endpoint and started nothing.',
    reply: noteOf(answer),
    durationMs: exchange.elapsedMs,
    bodySize: exchange.body.byteLength,
    sample: {
      endpointId: endpoint.id,
      source: 'request',
      requestId: exchange.id,
      shape,
      parameters: keepMarks(parameters, knownParameters(tools.store, endpoint.id).parameters, isTyped),
      at: tools.clock.now(),
    },
  });
  if (!taken) return goOn(exchange, tools);
  exchange.verdict = 'sample';
  exchange.isStored = true;
  exchange.isAnswerStored = true;
  return answer;
}

/** Another request was first: this one is judged as if nobody listened. */
function goOn(exchange: Exchange, tools: Tools): undefined {
  exchange.cameTooLate = true;
  exchange.stages.pop();
  findRoute(exchange, tools);
  checkMethod(exchange, tools);
  exchange.note = undefined;
  return undefined;
}
