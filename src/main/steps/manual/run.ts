/** The manual start: its output is the input the person gave. */
import { runStart } from '../start.ts';
import type { StepKind } from '../step.ts';
import { manualDefinition } from './definition.ts';

export const manualStep: StepKind = { definition: manualDefinition, run: runStart };
