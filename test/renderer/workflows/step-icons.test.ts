import { expect, test } from 'vitest';
import { stepRegistry } from '../../../src/main/steps/registry.ts';
import { iconNames } from '../../../src/renderer/features/workflows/canvas/StepIcon.tsx';

test('every kind of step has an icon that is drawn, and none is kept that no kind names', () => {
  const named = new Set(stepRegistry.map(({ definition }) => definition.icon));
  expect([...iconNames].toSorted()).toEqual([...named].toSorted());
});
