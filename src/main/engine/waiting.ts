/**
 * A webhook step reached by a run: it passes through, waits, is resumed by a request, or its time is over (SPEC 3,
 * Waits). Resuming is done by the store in the request's own transaction; this is what comes before and after it.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import { webhookConfigSchema } from '../../shared/model/endpoint.ts';
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import { passPoint } from '../base/crash-points.ts';
import type { DueStep } from '../store/types.ts';
import { correlationText } from './correlation.ts';
import { isWaiting } from './graph.ts';
import type { RunContext } from './run-context.ts';
import { hashToken, type ResumeTokens } from './resume-token.ts';
import { capDue, endFailed, endSucceeded, type Ending, type TryPlace } from './settlement.ts';

export interface WaitTools {
  readonly tokens: ResumeTokens;
  evaluate(expression: string, scope: ExpressionScope): Promise<unknown>;
}

/** The port of a wait that ran out, where an edge leaves by it. */
const timeoutPort = 'timeout';
const noOutput = { outputJson: null, outputRequestId: null } as const;

async function correlationOf(
  expression: string | undefined,
  tools: WaitTools,
  scope: () => ExpressionScope,
): Promise<string | null> {
  if (expression === undefined) return null;
  const text = correlationText(await tools.evaluate(expression, scope()));
  if (text !== null) return text;
  throw new AppError({ code: 'step_failed', message: 'The correlation of this run has no value.' });
}

async function beginWait(
  place: TryPlace,
  due: DueStep,
  context: RunContext,
  tools: WaitTools,
  scope: () => ExpressionScope,
): Promise<Ending> {
  const { node, now } = place;
  try {
    const config = webhookConfigSchema.parse(node.config);
    const correlation = await correlationOf(config.correlation?.run, tools, scope);
    const turn = context.arrivalsBefore(node.id, due);
    const token = tools.tokens.tokenOf(due.runId, node.id, turn, place.rounds);
    const { timeoutSeconds } = config;
    const dueAt = timeoutSeconds === undefined ? null : now + timeoutSeconds * 1_000;
    return {
      outcome: {
        kind: 'waiting',
        waitingFor: `Waits for a request at "${node.name}".`,
        dueAt: capDue(dueAt, place.deadlineAt),
        target: context.facts.target,
        correlation,
        tokenHash: hashToken(token),
      },
      next: [],
    };
  } catch (thrown) {
    return endFailed(place, toAppError(thrown));
  }
}

/** What becomes of a webhook step that is due. */
export async function reachWebhook(
  place: TryPlace,
  due: DueStep,
  context: RunContext,
  tools: WaitTools,
  scope: () => ExpressionScope,
): Promise<Ending> {
  const { node } = place;
  if (due.resumedByRequestId !== null) {
    return endSucceeded(place, { outputJson: null, outputRequestId: due.resumedByRequestId }, null);
  }
  if (due.isWaitTimeout) {
    passPoint('wait times out');
    if (node.outgoing.has(timeoutPort)) return endSucceeded(place, noOutput, timeoutPort);
    return endFailed(place, new AppError({ code: 'wait_timeout' }));
  }
  return isWaiting(node) ? beginWait(place, due, context, tools, scope) : endSucceeded(place, noOutput, null);
}
