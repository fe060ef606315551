/** Every step kind there is, in the order of the palette. A new kind is a folder and one line here. */
import { AppError } from '../../shared/errors.ts';
import { apiStep } from './api/run.ts';
import { approvalStep } from './approval/run.ts';
import { codeStep } from './code/run.ts';
import { conditionStep } from './condition/run.ts';
import { delayStep } from './delay/run.ts';
import { emailStep } from './email/run.ts';
import { failStep } from './fail/run.ts';
import { httpStep } from './http/run.ts';
import { joinStep } from './join/run.ts';
import { logStep } from './log/run.ts';
import { loopStep } from './loop/run.ts';
import { manualStep } from './manual/run.ts';
import { notifyStep } from './notify/run.ts';
import {
  createRecordStep,
  deleteRecordStep,
  findRecordsStep,
  updateRecordStep,
  upsertRecordStep,
} from './record/run.ts';
import { respondStep } from './respond/run.ts';
import { scheduleStep } from './schedule/run.ts';
import { setStep } from './set/run.ts';
import type { StepKind } from './step.ts';
import { switchStep } from './switch/run.ts';
import { transformStep } from './transform/run.ts';
import { webhookStep } from './webhook/run.ts';
import { workflowStep } from './workflow/run.ts';

/** Kinds by name. @throws AppError `internal` when two kinds share one. */
export function indexSteps(kinds: readonly StepKind[]): ReadonlyMap<string, StepKind> {
  const index = new Map<string, StepKind>();
  for (const kind of kinds) {
    const { kind: name } = kind.definition;
    if (index.has(name))
      throw new AppError({ code: 'internal', message: `Two step kinds are named ${name}.` });
    index.set(name, kind);
  }
  return index;
}

export const stepRegistry: readonly StepKind[] = [
  webhookStep,
  manualStep,
  apiStep,
  scheduleStep,
  conditionStep,
  switchStep,
  loopStep,
  joinStep,
  transformStep,
  setStep,
  codeStep,
  createRecordStep,
  findRecordsStep,
  updateRecordStep,
  upsertRecordStep,
  deleteRecordStep,
  httpStep,
  emailStep,
  respondStep,
  notifyStep,
  logStep,
  workflowStep,
  delayStep,
  approvalStep,
  failStep,
];
