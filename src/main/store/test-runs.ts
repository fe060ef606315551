/**
 * Writes what trying a workflow out needs: documents only test runs use, what a test run is to do, and the outputs
 * pinned to steps. Nothing here touches a live run.
 */
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { PlannedTest } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** Documents of test runs that are kept per workflow; older ones go unless a live run is on them. */
const mostSnapshots = 100;

/**
 * Keeps a document for test runs: a version below zero, which no list shows and nothing activates. The same document
 * as the newest one has its number. @throws AppError `not_found`
 */
export function snapshotDocument(
  { sql }: WriteContext,
  input: { readonly workflowId: string; readonly document: WorkflowDocument; readonly at: number },
): { readonly version: number } {
  const { workflowId, at } = input;
  requireWorkflow({ sql }, workflowId);
  const document = JSON.stringify(input.document);
  const newest = sql.get<{ version: number; document: string }>(
    'SELECT version, document FROM workflow_versions WHERE workflow_id = ? AND version < 0 ORDER BY version LIMIT 1',
    workflowId,
  );
  if (newest?.document === document) return { version: newest.version };
  const version = (newest?.version ?? 0) - 1;
  sql.run(
    "INSERT INTO workflow_versions (workflow_id, version, note, document, created_at) VALUES (?, ?, '', ?, ?)",
    workflowId,
    version,
    document,
    at,
  );
  sql.run(
    `DELETE FROM workflow_versions WHERE workflow_id = ? AND version < 0 AND version >= ?
       AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.status IN ('queued', 'running', 'waiting')
         AND r.status <> 'succeeded' AND +r.workflow_id = workflow_versions.workflow_id
         AND r.version = workflow_versions.version)`,
    workflowId,
    version + mostSnapshots,
  );
  return { version };
}

/** Makes a run that was just inserted a test run: what it is to do, whose request it sees, what counts as done. */
export function beginTest(
  { sql }: WriteContext,
  place: { readonly runSeq: number; readonly startSeq: number },
  { plan, requestId, kept }: PlannedTest,
  at: number,
): void {
  sql.run(
    'UPDATE runs SET test = ?, request_id = ? WHERE seq = ?',
    JSON.stringify(plan),
    requestId,
    place.runSeq,
  );
  if (requestId !== null) {
    sql.run(
      'UPDATE steps SET output_request_id = ? WHERE seq = ? AND output IS NULL',
      requestId,
      place.startSeq,
    );
  }
  for (const { nodeId, name, type, outputJson } of kept) {
    sql.run(
      `INSERT INTO steps (run_seq, status, attempt, started_at, finished_at, node_id, name, type, output)
       VALUES (?, 'succeeded', 1, ?, ?, ?, ?, ?, ?)`,
      place.runSeq,
      at,
      at,
      nodeId,
      name,
      type,
      outputJson,
    );
  }
}

/** Replaces the outputs pinned to a workflow's steps. @throws AppError `not_found` */
export function setPins(
  context: WriteContext,
  { workflowId, pins }: { readonly workflowId: string; readonly pins: Readonly<Record<string, unknown>> },
): void {
  requireWorkflow(context, workflowId);
  const text = Object.keys(pins).length === 0 ? null : JSON.stringify(pins);
  context.sql.run('UPDATE workflows SET pins = ? WHERE id = ?', text, workflowId);
  context.emit('workflows', workflowId);
}

function requireWorkflow({ sql }: Pick<WriteContext, 'sql'>, id: string): void {
  if (sql.get('SELECT 1 FROM workflows WHERE id = ? AND removed_at IS NULL', id) !== undefined) return;
  throw new AppError({ code: 'not_found', message: 'No such workflow.' });
}
