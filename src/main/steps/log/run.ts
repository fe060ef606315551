/** Log: keeps a rendered line with the run; the output tells it too (SPEC 8). */
import { textOf } from '../../../shared/expression/template.ts';
import type { StepKind } from '../step.ts';
import { logDefinition } from './definition.ts';

export const logStep: StepKind = {
  definition: logDefinition,
  async run(context) {
    const message = textOf(await context.render(context.config['message']));
    const level = context.config['level'];
    context.log(typeof level === 'string' ? level : 'info', message);
    return { output: { message }, input: { message } };
  },
};
