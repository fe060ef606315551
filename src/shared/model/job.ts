/** A bulk job: many stored requests judged again, one by one (RELIABILITY D7). */
import { z } from 'zod';
import { repeatModeSchema } from './request.ts';

/** `retry`: failed triggers; `replay`: any captured requests. */
export const jobKindSchema = z.enum(['retry', 'replay']);
export type JobKind = z.infer<typeof jobKindSchema>;

export const jobStateSchema = z.enum(['queued', 'running', 'done', 'cancelled', 'failed']);
export type JobState = z.infer<typeof jobStateSchema>;

/** As captured, or signed anew with today's secret. */
export const jobModeSchema = repeatModeSchema;
export type JobMode = z.infer<typeof jobModeSchema>;
