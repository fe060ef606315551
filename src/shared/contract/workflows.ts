/** Workflows: documents, versions, going live (SPEC 2, 8, 11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { documentDiffSchema } from '../model/diff.ts';
import { documentSchema } from '../model/document.ts';
import {
  checkResultSchema,
  pageOf,
  pageQuery,
  versionSchema,
  wholeListQuery,
  workflowSchema,
  workflowSummarySchema,
} from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });
const flag = z.union([z.boolean(), z.stringbool()]).optional();

/** A version by its number, or the draft. */
const revision = z.union([z.literal('draft'), z.coerce.number().int().min(1)]);

const told = z.unknown().optional();

/** A document to be saved. One that was read may be sent back whole: what only the app can say of it is left aside. */
export const savedDocument = documentSchema
  .extend({
    id: told,
    enabled: told,
    activeVersion: told,
    latestVersion: told,
    changed: told,
    paused: told,
    endpoints: told,
    createdAt: told,
    updatedAt: told,
  })
  .transform(
    ({
      id: _id,
      enabled: _enabled,
      activeVersion: _activeVersion,
      latestVersion: _latestVersion,
      changed: _changed,
      paused: _paused,
      endpoints: _endpoints,
      createdAt: _createdAt,
      updatedAt: _updatedAt,
      ...document
    }) => document,
  );

export const workflows = {
  list: oc
    .route({ method: 'GET', path: '/workflows', tags: ['Workflows'], summary: 'List workflows' })
    .input(z.object({ ...pageQuery, q: z.string().max(500).optional() }))
    .output(pageOf(workflowSummarySchema)),
  create: oc
    .route({
      method: 'POST',
      path: '/workflows',
      tags: ['Workflows'],
      summary: 'Create a workflow; ?activate=true also commits and activates it',
      successStatus: 201,
      inputStructure: 'detailed',
    })
    .input(z.object({ query: z.object({ activate: flag }).optional(), body: savedDocument }))
    .output(workflowSchema),
  get: oc
    .route({ method: 'GET', path: '/workflows/{id}', tags: ['Workflows'], summary: 'Get by id or slug' })
    .input(idInput)
    .output(workflowSchema),
  update: oc
    .route({
      method: 'PUT',
      path: '/workflows/{id}',
      tags: ['Workflows'],
      summary: 'Replace the draft; ?activate=true also commits and activates it',
      inputStructure: 'detailed',
    })
    .input(z.object({ params: idInput, query: z.object({ activate: flag }).optional(), body: savedDocument }))
    .output(workflowSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/workflows/{id}',
      tags: ['Workflows'],
      summary: 'Delete a workflow; its live runs are cancelled',
    })
    .input(idInput)
    .output(z.object({ id: z.string() })),
  check: oc
    .route({
      method: 'POST',
      path: '/workflows/check',
      tags: ['Workflows'],
      summary: 'Faults of a document, which keep it from being committed, and warnings, which do not',
    })
    .input(documentSchema)
    .output(checkResultSchema),
  commit: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/commit',
      tags: ['Workflows'],
      summary: 'Make an immutable version of the draft',
    })
    .input(idInput.extend({ note: z.string().max(2_000).default('') }).strict())
    .output(workflowSchema.extend({ version: z.number().int() })),
  activate: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/activate',
      tags: ['Workflows'],
      summary: 'Put a version live; the newest when none is named',
    })
    .input(idInput.extend({ version: z.number().int().min(1).optional() }).strict())
    .output(workflowSchema),
  deactivate: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/deactivate',
      tags: ['Workflows'],
      summary: 'Take offline',
    })
    .input(idInput)
    .output(workflowSchema),
  pause: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/pause',
      tags: ['Workflows'],
      summary: 'Let no run begin: what comes is accepted and queued; what has begun goes on',
    })
    .input(idInput)
    .output(workflowSchema),
  resume: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/resume',
      tags: ['Workflows'],
      summary: 'Go on after a pause: what was queued begins, in the order it came',
    })
    .input(idInput)
    .output(workflowSchema),
  versions: oc
    .route({ method: 'GET', path: '/workflows/{id}/versions', tags: ['Workflows'], summary: 'List versions' })
    .input(idInput.extend(wholeListQuery))
    .output(pageOf(versionSchema)),
  version: oc
    .route({
      method: 'GET',
      path: '/workflows/{id}/versions/{version}',
      tags: ['Workflows'],
      summary: 'Get the document of a version',
    })
    .input(idInput.extend({ version: z.coerce.number().int().min(1) }))
    .output(
      versionSchema.extend({ document: workflowSchema.pick({ name: true, nodes: true, edges: true }) }),
    ),
  diff: oc
    .route({
      method: 'GET',
      path: '/workflows/{id}/diff',
      tags: ['Workflows'],
      summary: 'What two versions, or a version and the draft, differ in; without `from` the newest version',
    })
    .input(idInput.extend({ from: revision.optional(), to: revision.default('draft') }))
    .output(documentDiffSchema.extend({ from: revision, to: revision })),
  restore: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/restore',
      tags: ['Workflows'],
      summary: 'Make the draft what a version is; secrets stay, and so does what is live',
    })
    .input(idInput.extend({ version: z.number().int().min(1) }).strict())
    .output(workflowSchema),
  rotateSecret: oc
    .route({
      method: 'POST',
      path: '/workflows/{id}/trigger/webhook-secret/rotate',
      tags: ['Workflows'],
      summary: 'Replace the secret of the webhook trigger; shown this once',
    })
    .input(idInput.extend({ overlapSeconds: z.number().int().min(0).max(2_592_000).default(0) }).strict())
    .output(z.object({ secret: z.string(), previousValidUntil: z.string().nullable() })),
};
