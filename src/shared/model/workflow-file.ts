/**
 * Files of workflows: one document, or several, with their secrets only when somebody gave a passphrase to lock them
 * with. What is in the file and unlocked is what `/v1` shows of a workflow, and nothing more (RELIABILITY P2).
 */
import { z } from 'zod';
import { type WorkflowDocument, documentSchema, nodeIdSchema } from './document.ts';

/** Longest file that is read, in bytes. */
export const mostFileBytes = 5 * 1_048_576;
/** Most workflows of one file. */
export const mostWorkflows = 200;

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'base64');

/** Locked secrets, with all that is needed to open them but the passphrase. */
export const sealedSecretsSchema = z.strictObject({
  /** The limits keep a hostile file from asking for all memory there is. */
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.union([z.literal(16_384), z.literal(32_768), z.literal(65_536), z.literal(131_072)]),
    r: z.literal(8),
    p: z.number().int().min(1).max(4),
    salt: base64.min(16).max(100),
  }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: base64.length(16) }),
  data: base64.max(4 * 1_048_576),
});
export type SealedSecrets = z.infer<typeof sealedSecretsSchema>;

/** One workflow of a file. `withheld` are the places of credentials that were left out, for whoever fills them in. */
const entryShape = {
  workflow: documentSchema,
  withheld: z.array(z.string().max(1_000)).max(10_000).optional(),
} as const;

export const singleFileSchema = z.strictObject({
  format: z.literal('hookyard.workflow'),
  version: z.literal(1),
  ...entryShape,
  secrets: sealedSecretsSchema.optional(),
});
export type SingleFile = z.infer<typeof singleFileSchema>;

export const severalFileSchema = z.strictObject({
  format: z.literal('hookyard.workflows'),
  version: z.literal(1),
  workflows: z.array(z.strictObject(entryShape)).min(1).max(mostWorkflows),
  secrets: sealedSecretsSchema.optional(),
});
export type SeveralFile = z.infer<typeof severalFileSchema>;

/** What is locked: in the order of the file's workflows, and the named secrets they use. */
export const fileSecretsSchema = z.strictObject({
  workflows: z.array(
    z.strictObject({
      /** Of each webhook step's own endpoint, by field. */
      endpoints: z.record(nodeIdSchema, z.record(z.string().max(100), z.string().max(10_000))),
      /** Credentials typed into steps, by their place in the step's config. */
      texts: z.array(
        z.strictObject({
          nodeId: nodeIdSchema,
          path: z.array(z.union([z.string().max(1_000), z.number().int()])).max(100),
          text: z.string().max(1_000_000),
        }),
      ),
    }),
  ),
  named: z.record(
    z.string().max(100),
    z.strictObject({ value: z.string().max(65_536), hosts: z.array(z.string().max(300)).max(100) }),
  ),
});
export type FileSecrets = z.infer<typeof fileSecretsSchema>;

/**
 * The name a file is saved under: always the same pattern, so no name of a workflow can make it a path, a device or
 * anything else (RELIABILITY M6).
 */
export function fileNameOf(workflows: readonly Pick<WorkflowDocument, 'slug'>[]): string {
  const [only, ...others] = workflows;
  const word = /^[a-z0-9-]{1,64}$/.exec(only?.slug ?? '')?.[0] ?? 'unnamed';
  return others.length === 0 ? `workflow-${word}.json` : `workflows-${workflows.length}.json`;
}
