/**
 * What a request meets, in this order (SPEC 4). Each stage is one file; it looks at the exchange, adds what it found, and
 * either lets the request pass, answers it, or refuses it with an AppError. Nothing behind `verify` sees bytes that were
 * not verified; a handshake in front of it starts nothing.
 */
import type { Answer, Exchange } from './exchange.ts';
import { admit } from './stages/admit.ts';
import { checkAddress } from './stages/check-address.ts';
import { checkMethod } from './stages/check-method.ts';
import { checkPace } from './stages/check-pace.ts';
import { checkParameters } from './stages/check-parameters.ts';
import { filter } from './stages/filter.ts';
import { findIntent } from './stages/find-intent.ts';
import { findRoute } from './stages/find-route.ts';
import { checkFraming } from './stages/framing.ts';
import { handshake } from './stages/handshake.ts';
import { parse } from './stages/parse.ts';
import { readBody } from './stages/read-body.ts';
import { sample } from './stages/sample.ts';
import { verify } from './stages/verify.ts';
import type { Tools } from './tools.ts';

/** A stage that answers ends the way of the request. */
type StageResult = Answer | undefined | void;

export interface Stage {
  /** Word in the timeline. */
  readonly name: string;
  run(exchange: Exchange, tools: Tools): StageResult | Promise<StageResult>;
}

/** The stages, in order. */
export const stages: readonly Stage[] = [
  { name: 'framing', run: (exchange) => checkFraming(exchange.head) },
  { name: 'route', run: findRoute },
  { name: 'method', run: checkMethod },
  { name: 'address', run: checkAddress },
  { name: 'pace', run: checkPace },
  { name: 'body', run: readBody },
  { name: 'handshake', run: handshake },
  { name: 'auth', run: verify },
  { name: 'payload', run: parse },
  { name: 'sample', run: sample },
  { name: 'parameters', run: checkParameters },
  { name: 'filter', run: filter },
  { name: 'intent', run: findIntent },
  { name: 'store', run: admit },
];

/**
 * Leads a request through the stages to its answer.
 * @throws whatever a stage refuses with
 */
export async function runStages(exchange: Exchange, tools: Tools): Promise<Answer> {
  for (const { name, run } of stages) {
    exchange.stage = name;
    const result = run(exchange, tools);
    // Most stages are done at once; waiting for nothing would cost every request a turn.
    const answer = result instanceof Promise ? await result : result;
    if (answer !== undefined) return answer;
    exchange.passed();
  }
  throw new Error('No stage answered.');
}
