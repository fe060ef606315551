/** Reads what a sandbox process says: it may have been taken over by what it ran, so nothing is believed unread. */
import { z } from 'zod';
import { type Answer, consoleLevels, sandboxCodes } from './protocol.ts';

const answerSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    id: z.number(),
    text: z.string().nullable(),
    console: z.array(z.object({ level: z.enum(consoleLevels), text: z.string() })),
  }),
  z.object({
    ok: z.literal(false),
    id: z.number(),
    code: z.enum(sandboxCodes),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
]);

/** The answer in a message; undefined for anything else. */
export function readAnswer(message: unknown): Answer | undefined {
  return answerSchema.safeParse(message).data;
}
