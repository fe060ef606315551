/** Condition: the value of an expression picks the port `true` or `false` and is the output (SPEC 8). */
import type { StepKind } from '../step.ts';
import { conditionDefinition } from './definition.ts';

/** JSONata's `$boolean`: a list counts when one of its members does, an object when it has a field. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTruthy);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

export const conditionStep: StepKind = {
  definition: conditionDefinition,
  async run(context) {
    const value = (await context.evaluate(String(context.config['expression']))) ?? null;
    return { output: value, port: isTruthy(value) ? 'true' : 'false' };
  },
};
