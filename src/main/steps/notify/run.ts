/** Notify: tells the operator. The notification is kept with the step, in one commit; who shows it hears of it after. */
import { z } from 'zod';
import { textOf } from '../../../shared/expression/template.ts';
import type { StepKind } from '../step.ts';
import { notifyDefinition } from './definition.ts';

const longestTitle = 300;
const longestMessage = 4_000;
const levelSchema = z.enum(['info', 'success', 'warning', 'error']).catch('info');

export const notifyStep: StepKind = {
  definition: notifyDefinition,
  async run({ config, render }) {
    const title = textOf(await render(config['title'] ?? '')).slice(0, longestTitle);
    const message = textOf(await render(config['message'] ?? '')).slice(0, longestMessage);
    const notify = { level: levelSchema.parse(config['level']), title, message };
    return { notify, output: notify, input: notify };
  },
};
