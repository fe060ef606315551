/** What lists of runs and bulk actions on runs are narrowed to: one set of filters for both. */
import { z } from 'zod';
import { runStatusSchema } from '../model/run.ts';
import { runTriggerSchema } from './views.ts';

const instant = z.iso.datetime({ offset: true });

/** Filters of runs but their status; all given ones must hold. */
export const runFilterShape = {
  /** Id or slug. */
  workflow: z.string().max(64).optional(),
  since: instant.optional(),
  until: instant.optional(),
  /** Words in the workflow's name or the error, or a target or an id. */
  q: z.string().max(500).optional(),
  /** Runs started or resumed by this captured request. */
  request: z.string().max(64).optional(),
  /** What started them. */
  trigger: runTriggerSchema.optional(),
  /** The record they work for, by its cuid. */
  target: z.string().max(64).optional(),
  /** A try of an outward step was cut off: nobody knows whether it happened. */
  inDoubt: z.union([z.boolean(), z.stringbool()]).optional(),
} as const;

export const runListShape = { ...runFilterShape, status: runStatusSchema.optional() } as const;
