/** The API start: its output is the input the program gave. */
import { runStart } from '../start.ts';
import type { StepKind } from '../step.ts';
import { apiDefinition } from './definition.ts';

export const apiStep: StepKind = { definition: apiDefinition, run: runStart };
