/**
 * A captured request: everything that arrived at a known endpoint, with exactly one outcome (SPEC 2, 4).
 */
import { z } from 'zod';

/** What became of a request. Everything but `rejected` was answered 2xx. */
export const verdictSchema = z.enum([
  'accepted',
  'duplicate',
  'held',
  'sample',
  'filtered',
  'handshake',
  'rejected',
]);
export type Verdict = z.infer<typeof verdictSchema>;

/** Header fields in the order and case they were sent. */
export const headerListSchema = z.array(z.tuple([z.string(), z.string()]));
export type HeaderList = ReadonlyArray<readonly [string, string]>;

/** How a request was made from a stored one: its bytes as they came, or signed anew with today's secret. */
export const repeatModeSchema = z.enum(['asCaptured', 'signed']);
export type RepeatMode = z.infer<typeof repeatModeSchema>;

/** What a request that repeats another has of its own. */
export const repeatMarkSchema = z.object({
  mode: repeatModeSchema,
  /** Method, query, headers or body were changed. */
  edited: z.boolean(),
  /** It was led to another endpoint. */
  elsewhere: z.boolean(),
  /** Epoch ms as of which its timestamps are judged; null: the time it was sent again. */
  freshAt: z.number().nullable(),
});
export type RepeatMark = z.infer<typeof repeatMarkSchema>;

/** One stage of the pipeline, for the timeline: name, how far from arrival, what it found. */
export const stageNoteSchema = z.object({
  stage: z.string(),
  atMs: z.number(),
  ok: z.boolean(),
  /** One sentence in plain words; never holds a secret. */
  note: z.string().optional(),
  /** Of the stage `replay`, the first one of a request that repeats another. */
  repeat: repeatMarkSchema.optional(),
});
export type StageNote = z.infer<typeof stageNoteSchema>;

/** Triage of a request that did not start or resume what it should have (SPEC 2, failed trigger). */
export const triageSchema = z.enum(['open', 'retried', 'dismissed']);
export type Triage = z.infer<typeof triageSchema>;
