/** The loop step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

/** The outlet of each round, and the one taken when all have ended. */
export const eachPort = 'each';
export const donePort = 'done';

export const loopDefinition: StepDefinition = {
  kind: 'loop',
  title: 'Loop',
  group: 'Logic',
  icon: 'Repeat',
  description: 'Does the steps behind "each" once for every item of a list, then goes on by "done".',
  fields: [
    {
      name: 'items',
      label: 'Items',
      kind: 'expression',
      required: true,
      help: 'A JSONata expression that gives a list. In the steps behind "each", item and index tell which one it is. A single value counts as a list of one, nothing as an empty one.',
      placeholder: 'trigger.data.lines',
    },
    {
      name: 'concurrency',
      label: 'Items at once',
      kind: 'number',
      default: 1,
      integer: true,
      min: 1,
      max: 100,
      help: 'How many items may be under way at the same time; 1 takes them one after the other, in order.',
    },
  ],
  outlets: { kind: 'named', ports: [eachPort, donePort] },
  start: 'never',
  effect: 'none',
  summary: 'For each of {items}',
};
