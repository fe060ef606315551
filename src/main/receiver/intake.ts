/**
 * Takes requests from the wire: finds out whose they are, has them judged, and sees to it that record and answer leave in the
 * right order. The hot path: no layer between Node's objects and the stages.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import { LiveBody } from './body/body-source.ts';
import { Exchange, type Answer } from './exchange.ts';
import { finish } from './finish.ts';
import { headOf, type RequestHead } from './head.ts';
import { captureRefused, isToBeCaptured, judgeRequest, noteReply } from './journal.ts';
import { errorAnswer } from './replies.ts';
import { findResumeRoute, isResumePath } from './resume-route.ts';
import type { Route } from './routes/route.ts';
import type { RouteTable } from './routes/route-table.ts';
import { checkFraming } from './stages/framing.ts';
import type { Tools } from './tools.ts';

interface IntakeParts {
  readonly table: RouteTable;
  readonly tools: Tools;
  /** Serves what is no webhook URL. */
  readonly sideDoor: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface Intake {
  take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void;
  /** Requests being judged or waited for. */
  inFlight(): number;
  /** From now on every answer ends its connection. */
  stop(): void;
}

/** Requests at once up to which every answer's duration is noted. */
const calmInFlight = 32;

/** What can be said of a request before it is judged. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: RequestHead;
  readonly body: LiveBody;
}

export function createIntake({ table, tools, sideDoor }: IntakeParts): Intake {
  const { clock, logger } = tools;
  let inFlight = 0;
  let isStopping = false;

  function take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const head = headOf(request, clock.now());
    const body = new LiveBody({ request, response, fields: head.fields, expectsContinue });
    const arrival = { request, response, head, body };
    try {
      const route = routeTo(arrival);
      if (route === 'elsewhere') takeElsewhere(arrival, expectsContinue);
      else void receive(arrival, route);
    } catch (thrown) {
      refuse(arrival, thrown);
    }
  }

  /** Answers a request that could not even be led to its endpoint. */
  function refuse(arrival: Arrival, thrown: unknown): void {
    const error = toAppError(thrown);
    if (error.kind === 'defect') logger.error({ err: thrown }, 'the endpoints could not be read');
    answer(arrival, errorAnswer(error, newId('req')), error.code === 'bad_request');
  }

  /** The route a path leads to; `elsewhere` for what is no webhook URL. */
  function routeTo({ head }: Arrival): Route | undefined | 'elsewhere' {
    const route = table.find(head.pathname);
    if (route !== undefined) return route;
    if (!isResumePath(head.pathname)) return 'elsewhere';
    // Its route takes POST only: GET never resumes, and of a token nobody has it is told the same 404 as anybody.
    return findResumeRoute(head.pathname, table, tools);
  }

  function takeElsewhere(arrival: Arrival, expectsContinue: boolean): void {
    checkFraming(arrival.head);
    if (expectsContinue) arrival.response.writeContinue();
    if (isStopping) arrival.response.setHeader('Connection', 'close');
    sideDoor(arrival.request, arrival.response);
  }

  async function receive(arrival: Arrival, route: Route | undefined): Promise<void> {
    inFlight++;
    const exchange = new Exchange(arrival.head, arrival.body, route);
    try {
      const judged = await judgeRequest(exchange, tools);
      const reply = isToBeCaptured(exchange) ? await captureRefused(exchange, judged, tools) : judged;
      // What was framed in two ways is not believed to end where it says.
      answer(arrival, reply, exchange.stage === 'framing');
      exchange.afterAnswer?.();
      // Under load the time an answer took is not worth a write of its own; the answer itself is stored already.
      const isSpared = exchange.isAnswerStored && inFlight > calmInFlight;
      if (exchange.isStored && !isSpared) noteReply(exchange, reply, tools);
    } catch (thrown) {
      logger.error({ err: thrown, requestId: exchange.id }, 'an answer could not be given');
      arrival.response.destroy();
    } finally {
      inFlight--;
    }
  }

  function answer({ request, response, body }: Arrival, reply: Answer, isLast: boolean): void {
    const wire = { request, response, body, isLast: isLast || isStopping };
    try {
      finish(wire, reply);
    } catch (thrown) {
      // A header value of the endpoint's settings that HTTP can not carry.
      logger.error({ err: thrown }, 'an answer could not be written');
      finish(wire, errorAnswer(new AppError({ code: 'internal', cause: thrown }), newId('req')));
    }
  }

  return {
    take,
    inFlight: () => inFlight,
    stop: () => {
      isStopping = true;
    },
  };
}
