/** A loop that begins: its list becomes rounds, which the store does one after the other (SPEC 8, loop). */
import { AppError } from '../../shared/errors.ts';
import { donePort, eachPort } from '../steps/loop/definition.ts';
import type { StepIteration } from '../steps/step.ts';
import { encodeOutput, longestOutput } from './encode.ts';
import { planNext } from './plan.ts';
import { capDue, endFailed, endSucceeded, type Ending, failRun, type TryPlace } from './settlement.ts';

/** The items as JSON texts. @throws AppError `output_too_large`, `step_failed` */
function encodeItems(items: readonly unknown[]): readonly string[] {
  let left = longestOutput;
  return items.map((item) => {
    const json = encodeOutput(item) ?? 'null';
    left -= json.length + 1;
    if (left < 0) {
      throw new AppError({
        code: 'output_too_large',
        message: 'The list to loop over is larger than 4 MiB.',
      });
    }
    return json;
  });
}

/** What a loop leads to that has found its list. */
export function beginLoop(place: TryPlace, { items, concurrency }: StepIteration): Ending {
  const { graph, node, now } = place;
  const body = planNext(graph, node, eachPort, now);
  if (body.length === 0) {
    const output = { count: items.length, failed: 0, results: items.map(() => null) };
    return endSucceeded(place, { outputJson: encodeOutput(output), outputRequestId: null }, donePort);
  }
  if (!place.reserveSteps(items.length * body.length)) {
    const message = `The run would execute more than 10,000 steps: the loop "${node.name}" has ${items.length} items.`;
    return failRun(new AppError({ code: 'run_limit', message }), node);
  }
  const { onError, timeoutSeconds } = node.config;
  const endAt = typeof timeoutSeconds === 'number' ? now + timeoutSeconds * 1_000 : null;
  return {
    outcome: {
      kind: 'looping',
      waitingFor: `"${node.name}" does ${items.length} items.`,
      dueAt: endAt === null ? null : capDue(endAt, place.deadlineAt),
      items: encodeItems(items),
      concurrency,
      body,
      catches: onError === 'continue' || onError === 'port',
      waits: node.waitsInside.map((nodeId) => ({
        nodeId,
        tokenHashes: tokensOf(place, nodeId, items.length),
      })),
    },
    next: [],
  };
}

/** Tokens of a wait's first arrival in each round; a wait inside a further loop has its own when that begins. */
function tokensOf(
  { graph, node, rounds, tokenHashOf }: TryPlace,
  nodeId: string,
  count: number,
): string[] | null {
  if (graph.nodes.get(nodeId)?.loops.at(-1) !== node.id) return null;
  return Array.from({ length: count }, (_, index) => tokenHashOf(nodeId, [...rounds, index]));
}

/** As `beginLoop`, with a list that can not be kept as a failure of the step. */
export function endIteration(place: TryPlace, iteration: StepIteration): Ending {
  try {
    return beginLoop(place, iteration);
  } catch (thrown) {
    if (thrown instanceof AppError) return endFailed(place, thrown);
    throw thrown;
  }
}
