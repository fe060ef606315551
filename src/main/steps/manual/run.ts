/** The manual start: its output is the input the person gave. */
import { checkFormFields } from '../../../shared/model/form.ts';
import { runStart } from '../start.ts';
import type { StepKind } from '../step.ts';
import { manualDefinition } from './definition.ts';

export const manualStep: StepKind = { definition: manualDefinition, check: checkFormFields, run: runStart };
