/** What the load client is told and what it tells back: both cross a process border as JSON. */
import { z } from 'zod';

export const loadJob = z.object({
  url: z.url(),
  secret: z.string(),
  connections: z.number().int(),
  seconds: z.number(),
  bodyBytes: z.number().int(),
});
export type LoadJob = z.infer<typeof loadJob>;

export const loadResult = z.object({
  /** Answers of 2xx per second. */
  perSecond: z.number(),
  answered: z.number(),
  /** Anything else: other statuses, errors, time-outs. Must be 0 for the figure to count. */
  failed: z.number(),
  /** What they were, e.g. `3 × 503, 1 × no answer`. */
  failures: z.string(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
});
export type LoadResult = z.infer<typeof loadResult>;
