/** Writes workflows: the draft, immutable versions, which one is live, and the end of a workflow with its runs. */
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { removeEndpointRow } from './endpoints-write.ts';
import { dropHolds } from './holds.ts';
import { cancelLiveRun, liveRunsOfWorkflow } from './run-status.ts';
import { syncSchedules } from './schedules-write.ts';
import type { WriteContext } from './write-context.ts';

interface DraftInput {
  readonly id: string;
  readonly slug: string;
  readonly document: WorkflowDocument;
  readonly at: number;
}

/** Refuses a slug another workflow has. */
function requireFreeSlug(context: WriteContext, slug: string, id: string): void {
  const other = context.sql.get(
    'SELECT 1 FROM workflows WHERE slug = ? AND id <> ? AND removed_at IS NULL',
    slug,
    id,
  );
  if (other === undefined) return;
  throw new AppError({
    code: 'conflict',
    message: `The slug ${slug} is used by another workflow.`,
    details: { path: 'slug' },
  });
}

function requireWorkflow(
  context: WriteContext,
  id: string,
): { latest_version: number | null; draft: string } {
  const row = context.sql.get<{ latest_version: number | null; draft: string }>(
    'SELECT latest_version, draft FROM workflows WHERE id = ? AND removed_at IS NULL',
    id,
  );
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such workflow.' });
  return row;
}

/** Makes a workflow with its first draft. @throws AppError `conflict` when the slug is taken */
export function insertWorkflow(context: WriteContext, { id, slug, document, at }: DraftInput): void {
  requireFreeSlug(context, slug, id);
  context.sql.run(
    `INSERT INTO workflows (id, slug, name, description, project, draft, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    slug,
    document.name,
    document.description,
    document.project,
    JSON.stringify({ ...document, slug }),
    at,
    at,
  );
  context.emit('workflows', id);
}

/** Whether two JSON texts hold the same, in whatever order their keys stand. */
function isSameJson(one: string, other: string): boolean {
  return one === other || isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
}

/** Replaces the draft. @throws AppError `conflict` when the slug is taken, `not_found` */
export function updateDraft(context: WriteContext, { id, slug, document, at }: DraftInput): void {
  const { latest_version: latest } = requireWorkflow(context, id);
  requireFreeSlug(context, slug, id);
  const draft = JSON.stringify({ ...document, slug });
  const version = context.sql.get<{ document: string }>(
    'SELECT document FROM workflow_versions WHERE workflow_id = ? AND version = ?',
    id,
    latest,
  );
  context.sql.run(
    `UPDATE workflows SET slug = ?, name = ?, description = ?, project = ?, draft = ?, changed = ?, updated_at = ?
     WHERE id = ?`,
    slug,
    document.name,
    document.description,
    document.project,
    draft,
    version !== undefined && isSameJson(version.document, draft) ? 0 : 1,
    at,
    id,
  );
  context.emit('workflows', id);
}

/** Makes an immutable version of the draft. @throws AppError `not_found` */
export function commitVersion(
  context: WriteContext,
  { id, note, at }: { readonly id: string; readonly note: string; readonly at: number },
): { readonly version: number } {
  const { latest_version: latest, draft } = requireWorkflow(context, id);
  const version = (latest ?? 0) + 1;
  context.sql.run(
    'INSERT INTO workflow_versions (workflow_id, version, note, document, created_at) VALUES (?, ?, ?, ?, ?)',
    id,
    version,
    note,
    draft,
    at,
  );
  context.sql.run(
    'UPDATE workflows SET latest_version = ?, changed = 0, updated_at = ? WHERE id = ?',
    version,
    at,
    id,
  );
  context.slots.reload(id, at);
  context.emit('workflows', id);
  return { version };
}

/**
 * Puts a version live, or takes the workflow off (`enabled` false). `version` null keeps the one it has.
 * @throws AppError `not_found`; `conflict` when there is no such version or none to enable
 */
export function setActive(
  context: WriteContext,
  input: {
    readonly id: string;
    readonly version: number | null;
    readonly enabled: boolean;
    readonly at: number;
  },
): void {
  requireWorkflow(context, input.id);
  if (input.version !== null) {
    const known = context.sql.get(
      'SELECT 1 FROM workflow_versions WHERE workflow_id = ? AND version = ?',
      input.id,
      input.version,
    );
    if (known === undefined)
      throw new AppError({ code: 'conflict', message: `There is no version ${input.version}.` });
  }
  const enabled = input.enabled ? 1 : 0;
  const changed = context.sql.run(
    `UPDATE workflows SET active_version = coalesce(?, active_version), enabled = ?, updated_at = ?
     WHERE id = ? AND (? = 0 OR coalesce(?, active_version) IS NOT NULL)`,
    input.version,
    enabled,
    input.at,
    input.id,
    enabled,
    input.version,
  );
  if (changed === 0)
    throw new AppError({ code: 'conflict', message: 'The workflow has no version to put live.' });
  context.slots.reload(input.id, input.at);
  syncSchedules(context, input.id, input.at);
  context.emit('workflows', input.id);
}

/**
 * Pauses a workflow, or goes on with it: while it is paused what comes is accepted and its runs are held; those that
 * have begun go on. @throws AppError `not_found`
 */
export function setPaused(
  context: WriteContext,
  { id, paused, at }: { readonly id: string; readonly paused: boolean; readonly at: number },
): void {
  requireWorkflow(context, id);
  context.sql.run('UPDATE workflows SET paused = ?, updated_at = ? WHERE id = ?', paused ? 1 : 0, at, id);
  context.slots.reload(id, at);
  context.emit('workflows', id);
}

/**
 * Removes a workflow: its live runs are cancelled, its endpoints go, what waits or is held for it goes. History stays.
 * @throws AppError `not_found`
 */
export function removeWorkflow(
  context: WriteContext,
  { id, at }: { readonly id: string; readonly at: number },
): { readonly cancelledRunIds: readonly string[] } {
  requireWorkflow(context, id);
  dropHolds(context, id);
  const runs = liveRunsOfWorkflow(context.sql, id);
  context.slots.close(id);
  const cancelledRunIds = runs.flatMap((run) => cancelLiveRun(context, run.id, at));
  for (const endpoint of context.sql.all<{ id: string }>(
    'SELECT id FROM endpoints WHERE workflow_id = ? AND removed_at IS NULL',
    id,
  )) {
    removeEndpointRow(context, endpoint.id, at);
  }
  context.sql.run(
    'UPDATE workflows SET enabled = 0, removed_at = ?, updated_at = ? WHERE id = ?',
    at,
    at,
    id,
  );
  syncSchedules(context, id, at);
  context.emit('workflows', id);
  return { cancelledRunIds };
}
