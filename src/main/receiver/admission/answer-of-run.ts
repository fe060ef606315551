/** The answer made of a run that ended, as the endpoint's response mode says (SPEC 10). */
import { AppError } from '../../../shared/errors.ts';
import type { ResponseSettings } from '../../../shared/model/endpoint.ts';
import type { Answer } from '../exchange.ts';
import { bodyOfValue, errorAnswer, successAnswer, type SuccessBody } from '../replies.ts';
import type { Tools } from '../tools.ts';

/** Reads the ended run and answers with what the mode asks for. */
export function answerOfRun(
  requestId: string,
  runId: string,
  response: ResponseSettings,
  { engine, store }: Tools,
): Answer {
  const run = store.read.runs.byId(runId);
  if (run?.status !== 'succeeded') {
    const { nodeId, message } = run?.error ?? {};
    const step = nodeId === undefined ? undefined : nameOf(runId, nodeId, store);
    const details = response.details ? { ...(step === undefined ? {} : { step }), message } : {};
    return errorAnswer(
      new AppError({ code: 'run_failed' }),
      requestId,
      {},
      { executionId: runId, ...details },
    );
  }
  const body = bodyOf(runId, response, { engine, store });
  if (body !== undefined) return successAnswer(response, body);
  return errorAnswer(new AppError({ code: 'no_response' }), requestId, {}, { executionId: runId });
}

function nameOf(runId: string, nodeId: string, store: Tools['store']): string | undefined {
  return store.read.runs.steps(runId).findLast((step) => step.nodeId === nodeId)?.name;
}

/** The body of a success; undefined when the run never reached what was to answer. */
function bodyOf(
  runId: string,
  response: ResponseSettings,
  { engine, store }: Pick<Tools, 'engine' | 'store'>,
): SuccessBody | undefined {
  switch (response.mode) {
    case 'lastNode': {
      const { lastStepSeq } = store.read.runs.byId(runId) ?? {};
      const last = store.read.runs.steps(runId).find((step) => step.seq === lastStepSeq);
      // The stored text is the output as is, digits included; only texts and derived outputs need a closer look.
      const text = last?.outputJson ?? undefined;
      if (text !== undefined && !text.startsWith('"')) return { kind: 'json', text };
      return bodyOfValue(engine.describeRun(runId)?.output, response.headers, 'json');
    }
    case 'specificNode': {
      const step = engine
        .describeRun(runId)
        ?.steps.findLast(({ nodeId, status }) => nodeId === response.nodeId && status === 'succeeded');
      return step === undefined ? undefined : bodyOfValue(step.output, response.headers, 'json');
    }
    case 'allNodes': {
      const steps = engine.describeRun(runId)?.steps.filter(({ status }) => status === 'succeeded') ?? [];
      const outputs = steps.map(
        ({ nodeId, name, output }) => [nodeId, { name, output: output ?? null }] as const,
      );
      return { kind: 'json', text: JSON.stringify(Object.fromEntries(outputs)) };
    }
    case 'respond':
    case 'minimal':
    case 'custom':
      return undefined;
  }
}
