/** Switch: the value of an expression, read as text, picks the case of that name (SPEC 8). */
import { textOf } from '../../../shared/expression/template.ts';
import type { ConfigFault, StepKind } from '../step.ts';
import { switchDefinition } from './definition.ts';

/** Names that would be two outlets at once. */
const reserved = new Set(['default', 'error']);

function casesOf(config: Readonly<Record<string, unknown>>): readonly string[] {
  const cases = config['cases'];
  return Array.isArray(cases) ? cases.filter((name) => typeof name !== 'object').map(String) : [];
}

export const switchStep: StepKind = {
  definition: switchDefinition,
  check(config) {
    const cases = casesOf(config);
    const faults: ConfigFault[] = [];
    for (const [index, name] of cases.entries()) {
      const path = `cases[${index}]`;
      if (name === '' || name.length > 100) faults.push({ path, message: 'A case has 1 to 100 characters.' });
      else if (reserved.has(name)) faults.push({ path, message: `"${name}" is an outlet of its own.` });
      else if (cases.indexOf(name) !== index) faults.push({ path, message: `"${name}" is there twice.` });
    }
    return faults;
  },
  async run(context) {
    const value = (await context.evaluate(String(context.config['expression']))) ?? null;
    const text = textOf(value);
    return { output: value, port: casesOf(context.config).includes(text) ? text : 'default' };
  },
};
