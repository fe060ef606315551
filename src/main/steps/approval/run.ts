/**
 * Approval: asks a person and sleeps. The word comes in the transaction that takes it, so it counts once, over restarts
 * too (RELIABILITY P6).
 */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { textOf } from '../../../shared/expression/template.ts';
import { checkFormFields } from '../../../shared/model/form.ts';
import type { StepContext, StepKind, StepResult } from '../step.ts';
import { endWaited } from '../waited.ts';
import { approvalDefinition, rejectedPort } from './definition.ts';

const longestTitle = 300;
const longestMessage = 20_000;

const wordSchema = z.object({ approved: z.boolean(), comment: z.string(), by: z.string() }).loose();

async function ask({ config, render }: StepContext): Promise<StepResult> {
  const textOfField = async (name: string, longest: number): Promise<string> =>
    textOf(await render(config[name] ?? '')).slice(0, longest);
  const title = await textOfField('title', longestTitle);
  const message = await textOfField('message', longestMessage);
  const assignee = await textOfField('assignee', longestTitle);
  return { ask: { title, message }, input: { title, message, ...(assignee === '' ? {} : { assignee }) } };
}

export const approvalStep: StepKind = {
  definition: approvalDefinition,
  check: checkFormFields,
  async run(context) {
    if (context.isWaitOver) return endWaited(context, 'Nobody answered in the time this step waits.');
    if (context.resumed === undefined) return ask(context);
    const word = wordSchema.parse(context.resumed);
    if (word.approved) return { output: word };
    if (context.leadsOn(rejectedPort)) return { output: word, port: rejectedPort };
    const message = `Rejected by ${word.by}${word.comment === '' ? '.' : `: ${word.comment}`}`;
    return { output: word, failure: new AppError({ code: 'rejected', message }) };
  },
};
