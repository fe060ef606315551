/** Code: the return value of a sandboxed function is the output; console lines are kept (SPEC 8, 12). */
import type { StepKind } from '../step.ts';
import { codeDefinition } from './definition.ts';

export const codeStep: StepKind = {
  definition: codeDefinition,
  async run(context) {
    const { value, console } = await context.runCode(String(context.config['code']));
    for (const line of console) context.log(line.level, line.text);
    return { output: value ?? null };
  },
};
