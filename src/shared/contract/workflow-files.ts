/** Workflows as files: export, import, templates, duplicates (SPEC 8, UI Workflows). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { issueSchema } from '../model/document.ts';
import { mostFileBytes, mostWorkflows } from '../model/workflow-file.ts';
import { workflowSchema } from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });
const flag = z.union([z.boolean(), z.stringbool()]).optional();
const passphrase = z.string().min(8, 'at least 8 characters').max(1_000);
const named = z.object({ nodeId: z.string(), name: z.string() });

/** A file as it is saved; `fileNameOf` of the model names it, and HTTP carries that name. */
const fileAnswer = z.looseObject({
  /** `hookyard.workflow`, or `hookyard.workflows` for several. */
  format: z.enum(['hookyard.workflow', 'hookyard.workflows']),
  version: z.literal(1),
});

/** What somebody should look at before a workflow of a file is put live. Nothing of it runs until then. */
export const importReviewSchema = z.object({
  name: z.string(),
  /** The slug it gets; another than the file's when that is taken. */
  slug: z.string(),
  slugIsTaken: z.boolean(),
  steps: z.number().int(),
  /** How runs start: kinds of the start steps. */
  startKinds: z.array(z.string()),
  code: z.array(named.extend({ lines: z.number().int() })),
  /** What steps send to; null where data decides it. */
  calls: z.array(named.extend({ type: z.string(), host: z.string().nullable() })),
  /** Places of one's own network the workflow asks to reach. */
  privateHosts: z.array(z.string()),
  schedules: z.array(named.extend({ cron: z.string(), timeZone: z.string().nullable() })),
  /** Named secrets it uses, and whether they are here. */
  secrets: z.array(z.object({ name: z.string(), exists: z.boolean(), nodeIds: z.array(z.string()) })),
  /** Endpoints it makes: with a new URL and new keys. */
  endpoints: z.array(named.extend({ style: z.string(), scheme: z.string(), isOpen: z.boolean() })),
  /** Shared data sources it binds to. */
  sources: z.array(named.extend({ endpointId: z.string(), exists: z.boolean() })),
  /** Workflows it runs, by id or slug. */
  workflows: z.array(z.object({ path: z.string(), workflow: z.string(), exists: z.boolean() })),
  /** Credentials that were left out of the file and can not be made up: to be filled in. */
  missing: z.array(issueSchema),
  /** What keeps it from being committed. */
  issues: z.array(issueSchema),
  warnings: z.array(issueSchema),
});
export type ImportReview = z.infer<typeof importReviewSchema>;

const importResult = z.object({
  /** Nothing was made: this is what would be. */
  preview: z.boolean(),
  created: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string() })),
  reviews: z.array(importReviewSchema),
  /** The locked secrets of the file; null: there are none. */
  secrets: z
    .object({
      /** A passphrase was given and is right. */
      isOpen: z.boolean(),
      /** Once open: how many keys of endpoints, how many credentials inside steps. */
      endpoints: z.number().int(),
      steps: z.number().int(),
      /** Once open: the named ones; what is here already is replaced only when it is named in `restore`. */
      named: z.array(z.object({ name: z.string(), exists: z.boolean(), hosts: z.array(z.string()) })),
    })
    .nullable(),
});
export type ImportResult = z.infer<typeof importResult>;

export const templateSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  startKinds: z.array(z.string()),
  /** Kinds of its steps, each once, in order. */
  stepKinds: z.array(z.string()),
});
export type Template = z.infer<typeof templateSchema>;

export const workflowFiles = {
  export: oc
    .route({
      method: 'GET',
      path: '/workflows/{id}/export',
      tags: ['Workflows'],
      summary: 'A workflow as a file, without any secret: the draft, or a version',
    })
    .input(idInput.extend({ version: z.coerce.number().int().min(1).optional() }))
    .output(fileAnswer),
  exportLocked: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/export',
      tags: ['Workflows'],
      summary: 'A workflow as a file, with its secrets locked by a passphrase',
    })
    .input(idInput.extend({ version: z.number().int().min(1).optional(), passphrase }).strict())
    .output(fileAnswer),
  exportSeveral: oc
    .route({
      method: 'POST',
      path: '/workflows/export',
      tags: ['Workflows'],
      summary: 'Several workflows as one file; with a passphrase their secrets are locked in it',
    })
    .input(
      z.strictObject({
        ids: z.array(z.string().min(1).max(64)).min(1).max(mostWorkflows),
        passphrase: passphrase.optional(),
      }),
    )
    .output(fileAnswer),
  import: oc
    .route({
      method: 'POST',
      path: '/workflows/import',
      tags: ['Workflows'],
      summary:
        'Make workflows of a file: inactive, with new ids, URLs and keys; ?preview=true only reviews it',
      description:
        'The body is the file itself, or an object with `file` (its text) or `document` (its value) and what is to ' +
        'be done with locked secrets: nothing of them is used unless `restore` says so.',
      inputStructure: 'detailed',
    })
    .input(
      z.object({
        query: z.object({ preview: flag }).optional(),
        body: z.strictObject({
          file: z.string().max(mostFileBytes).optional(),
          document: z.unknown().optional(),
          passphrase: z.string().max(1_000).optional(),
          restore: z
            .strictObject({
              /** Give the new endpoints the keys of the old ones. */
              endpoints: z.boolean().default(false),
              /** Put the credentials back that were typed into steps. */
              steps: z.boolean().default(false),
              /** Named secrets to set; those that are here are replaced. */
              named: z.array(z.string().max(100)).max(1_000).default([]),
            })
            .optional(),
        }),
      }),
    )
    .output(importResult),
  duplicate: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/duplicate',
      tags: ['Workflows'],
      summary: 'Make a workflow of the draft of another: inactive, with its own URLs and keys',
      successStatus: 201,
    })
    .input(idInput.extend({ name: z.string().trim().min(1).max(200).optional() }).strict())
    .output(workflowSchema),
};

export const templates = {
  list: oc
    .route({ method: 'GET', path: '/templates', tags: ['Workflows'], summary: 'Workflows to begin with' })
    .output(z.object({ items: z.array(templateSchema), nextCursor: z.null() })),
  create: oc
    .route({
      method: 'POST',
      path: '/templates/{id}/workflows',
      tags: ['Workflows'],
      summary: 'Make a workflow of a template: inactive, to be looked at',
      successStatus: 201,
    })
    .input(idInput.extend({ name: z.string().trim().min(1).max(200).optional() }).strict())
    .output(workflowSchema),
};
