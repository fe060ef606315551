/** Writes endpoints: the dedicated set of a workflow, shared ones, and their sealed secrets with rotation. */
import { AppError } from '../../shared/errors.ts';
import type { EndpointSettings, EndpointState } from '../../shared/model/endpoint.ts';
import { passPoint } from '../base/crash-points.ts';
import { toColumn } from './to-column.ts';
import type { EndpointRow } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** Refuses a path another endpoint has; otherwise frees it within the transaction. */
function requireFreePath(context: WriteContext, path: string, id: string): void {
  const other = context.sql.get(
    'SELECT 1 FROM endpoints WHERE path = ? AND id <> ? AND removed_at IS NULL',
    path,
    id,
  );
  if (other === undefined) return;
  throw new AppError({
    code: 'conflict',
    message: `The URL path ${path} is used by another endpoint.`,
    details: { path: 'slug' },
  });
}

function upsertEndpoint(context: WriteContext, row: EndpointRow): void {
  requireFreePath(context, row.path, row.id);
  context.sql.run(
    `INSERT INTO endpoints (id, kind, workflow_id, node_id, name, description, style, path, state, settings,
       created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET node_id = excluded.node_id, name = excluded.name,
       description = excluded.description, style = excluded.style, path = excluded.path, state = excluded.state,
       settings = excluded.settings, updated_at = excluded.updated_at, removed_at = NULL`,
    row.id,
    row.kind,
    row.workflowId,
    row.nodeId,
    row.name,
    row.description,
    row.style,
    row.path,
    row.state,
    toColumn(row.settings),
    row.createdAt,
    row.updatedAt,
  );
  context.emit('endpoints', row.id);
}

/** Ends an endpoint: its URL is free, its secrets are gone; its name stays for history. */
export function removeEndpointRow(context: WriteContext, id: string, at: number | null): void {
  context.sql.run(
    'UPDATE endpoints SET removed_at = coalesce(?, updated_at), settings = NULL WHERE id = ?',
    at,
    id,
  );
  context.sql.run('DELETE FROM endpoint_secrets WHERE endpoint_id = ?', id);
  context.sql.run('DELETE FROM endpoint_samples WHERE endpoint_id = ?', id);
  context.emit('endpoints', id);
}

/**
 * Makes the dedicated endpoints of a workflow exactly these: new ones are made, known ones changed, others removed.
 * @throws AppError `conflict` when a path is taken
 */
export function saveEndpoints(
  context: WriteContext,
  { workflowId, endpoints }: { readonly workflowId: string; readonly endpoints: readonly EndpointRow[] },
): void {
  const wanted = new Map(endpoints.map((row) => [row.id, row]));
  const at = endpoints.reduce((latest, row) => Math.max(latest, row.updatedAt), 0);
  for (const known of context.sql.all<{ id: string; path: string }>(
    'SELECT id, path FROM endpoints WHERE workflow_id = ? AND removed_at IS NULL',
    workflowId,
  )) {
    const next = wanted.get(known.id);
    if (next === undefined) removeEndpointRow(context, known.id, at);
    // Two endpoints may exchange their paths in one save: the old ones are given up first.
    else if (next.path !== known.path)
      context.sql.run('UPDATE endpoints SET path = id WHERE id = ?', known.id);
  }
  for (const row of endpoints) upsertEndpoint(context, { ...row, workflowId });
}

/** Makes an endpoint. @throws AppError `conflict` when the path or id is taken */
export function insertEndpoint(context: WriteContext, row: EndpointRow): void {
  if (context.sql.get('SELECT 1 FROM endpoints WHERE id = ?', row.id) !== undefined) {
    throw new AppError({ code: 'conflict', message: 'This endpoint exists already.' });
  }
  upsertEndpoint(context, row);
}

/** Changes what is given. @throws AppError `not_found`, `conflict` when the path is taken */
export function updateEndpoint(
  context: WriteContext,
  input: {
    readonly id: string;
    readonly name?: string | undefined;
    readonly description?: string | undefined;
    readonly state?: EndpointState | undefined;
    readonly settings?: EndpointSettings | undefined;
    readonly path?: string | undefined;
    readonly at: number;
  },
): void {
  if (input.path !== undefined) requireFreePath(context, input.path, input.id);
  const changed = context.sql.run(
    `UPDATE endpoints SET name = coalesce(?, name), description = coalesce(?, description), state = coalesce(?, state),
       settings = coalesce(?, settings), style = coalesce(?, style), path = coalesce(?, path), updated_at = ?
     WHERE id = ? AND removed_at IS NULL`,
    input.name ?? null,
    input.description ?? null,
    input.state ?? null,
    toColumn(input.settings),
    input.settings?.style ?? null,
    input.path ?? null,
    input.at,
    input.id,
  );
  if (changed === 0) throw new AppError({ code: 'not_found', message: 'No such endpoint.' });
  context.emit('endpoints', input.id);
}

/** Removes an endpoint and its secrets. Whether it may go is judged upstream. @throws AppError `not_found` */
export function removeEndpoint(
  context: WriteContext,
  { id, at }: { readonly id: string; readonly at?: number | undefined },
): void {
  if (context.sql.get('SELECT 1 FROM endpoints WHERE id = ? AND removed_at IS NULL', id) === undefined) {
    throw new AppError({ code: 'not_found', message: 'No such endpoint.' });
  }
  removeEndpointRow(context, id, at ?? null);
}

/** Sets a secret at once; the one before stays valid for `overlapMs` (SPEC 5), 0 = not at all. */
export function setEndpointSecret(
  context: WriteContext,
  input: {
    readonly endpointId: string;
    readonly field: string;
    readonly sealed: string;
    readonly overlapMs: number;
    readonly at: number;
  },
): { readonly previousValidUntil: number | null } {
  const known = context.sql.get(
    'SELECT 1 FROM endpoint_secrets WHERE endpoint_id = ? AND field = ?',
    input.endpointId,
    input.field,
  );
  const until = known !== undefined && input.overlapMs > 0 ? input.at + input.overlapMs : null;
  context.sql.run(
    `INSERT INTO endpoint_secrets (endpoint_id, field, sealed, set_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (endpoint_id, field) DO UPDATE SET
       previous_sealed = iif(? IS NULL, NULL, sealed), previous_valid_until = ?,
       previous_used_at = NULL, sealed = excluded.sealed, set_at = excluded.set_at`,
    input.endpointId,
    input.field,
    input.sealed,
    input.at,
    until,
    until,
  );
  passPoint('secret rotated');
  context.emit('endpoints', input.endpointId);
  return { previousValidUntil: until };
}

/** Ends the validity of an endpoint's previous secrets at once; when they were last used stays known (RELIABILITY C18). */
export function revokePrevious(context: WriteContext, { endpointId }: { readonly endpointId: string }): void {
  context.sql.run(
    'UPDATE endpoint_secrets SET previous_sealed = NULL, previous_valid_until = NULL WHERE endpoint_id = ?',
    endpointId,
  );
  context.emit('endpoints', endpointId);
}

/** Sets a secret unless the endpoint has one for the field; answers the one it keeps, sealed, or null when this is it. */
export function learnEndpointSecret(
  context: WriteContext,
  input: {
    readonly endpointId: string;
    readonly field: string;
    readonly sealed: string;
    readonly at: number;
  },
): { readonly kept: string | null } {
  const known = context.sql.get<{ sealed: string }>(
    'SELECT sealed FROM endpoint_secrets WHERE endpoint_id = ? AND field = ?',
    input.endpointId,
    input.field,
  );
  if (known !== undefined) return { kept: known.sealed };
  setEndpointSecret(context, { ...input, overlapMs: 0 });
  return { kept: null };
}

/** Notes that the previous secret opened the door; kept to the minute. */
export function noteSecretUse(
  context: WriteContext,
  { endpointId, field, at }: { readonly endpointId: string; readonly field: string; readonly at: number },
): void {
  context.sql.run(
    `UPDATE endpoint_secrets SET previous_used_at = ?
     WHERE endpoint_id = ? AND field = ? AND previous_sealed IS NOT NULL
       AND (previous_used_at IS NULL OR previous_used_at <= ? - 60000)`,
    at,
    endpointId,
    field,
    at,
  );
}

/** Forgets secrets of fields the endpoint's scheme no longer has. */
export function removeEndpointSecrets(
  context: WriteContext,
  { endpointId, fields }: { readonly endpointId: string; readonly fields: readonly string[] },
): void {
  for (const field of fields) {
    context.sql.run('DELETE FROM endpoint_secrets WHERE endpoint_id = ? AND field = ?', endpointId, field);
  }
  context.emit('endpoints', endpointId);
}
