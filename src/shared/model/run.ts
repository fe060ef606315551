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
