/** The API start: its output is the input the program gave. */
import { checkFormFields } from '../../../shared/model/form.ts';
import { runStart } from '../start.ts';
import type { StepKind } from '../step.ts';
import { apiDefinition } from './definition.ts';

export const apiStep: StepKind = { definition: apiDefinition, check: checkFormFields, run: runStart };
