/**
 * A run: one version of a workflow executed for one start, and its steps (SPEC 2, 9, 11).
 */
import { z } from 'zod';

export const runStatusSchema = z.enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Whether a run can still change. */
export function isLive(status: RunStatus): boolean {
  return status === 'queued' || status === 'running' || status === 'waiting';
}

export const stepStatusSchema = z.enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled']);
export type StepStatus = z.infer<typeof stepStatusSchema>;

/** Why a step or run failed; `message` is safe to show to the operator. */
export const runErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  nodeId: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type RunError = z.infer<typeof runErrorSchema>;

/** The record a run works for (SPEC 2, target). */
export const targetSchema = z.object({ entity: z.string(), cuid: z.string() });
export type Target = z.infer<typeof targetSchema>;

/** A console line kept from a step. */
export const logLineSchema = z.object({ level: z.string(), text: z.string() });
export type LogLine = z.infer<typeof logLineSchema>;

/** What a test run is to do. Versions made for test runs alone are no versions people see. */
export const runTestSchema = z.strictObject({
  /** What was asked for: a version, or the draft as it was then. */
  version: z.union([z.number().int().min(1), z.literal('draft')]),
  /** Begins at this step, with what is pinned before it. */
  fromStep: z.string().nullable(),
  /** The last step that is done. */
  until: z.string().nullable(),
  /** Steps that act on the world show what they would do, and do nothing. */
  dryRun: z.boolean(),
  /** Outputs by node id; these steps are not done. */
  outputs: z.record(z.string(), z.unknown()),
});
export type RunTest = z.infer<typeof runTestSchema>;

/** What was edited before a run was repeated. */
export const runEditsSchema = z.strictObject({
  fromStep: z.string().nullable(),
  /** Whether the payload is another one than before. */
  input: z.boolean(),
  /** Steps that are kept with another output than they gave. */
  outputs: z.array(z.string()),
});
export type RunEdits = z.infer<typeof runEditsSchema>;
