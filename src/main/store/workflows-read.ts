/** Reads workflows and their versions. Removed workflows are only seen through their versions and runs. */
import { readDocument, readObject } from './columns.ts';
import { Conditions, containing, cursorSeq, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import type { Sql } from './sql.ts';
import type { Page, VersionRow, WorkflowRow } from './types.ts';

interface WorkflowColumns {
  readonly seq: number;
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly project: string;
  readonly draft: string;
  readonly enabled: number;
  readonly active_version: number | null;
  readonly latest_version: number | null;
  readonly changed: number;
  readonly paused: number;
  readonly created_at: number;
  readonly updated_at: number;
}

interface VersionColumns {
  readonly workflow_id: string;
  readonly version: number;
  readonly note: string;
  readonly document: string;
  readonly created_at: number;
}

const workflowColumns = `seq, id, slug, name, description, project, draft, enabled, active_version, latest_version,
  changed, paused, created_at, updated_at`;
const versionColumns = 'workflow_id, version, note, document, created_at';

function toWorkflow(row: WorkflowColumns): WorkflowRow {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    project: row.project,
    draft: readDocument(row.draft),
    enabled: row.enabled === 1,
    activeVersion: row.active_version,
    latestVersion: row.latest_version,
    changed: row.changed === 1,
    paused: row.paused === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toVersion(row: VersionColumns): VersionRow {
  return {
    workflowId: row.workflow_id,
    version: row.version,
    note: row.note,
    document: readDocument(row.document),
    createdAt: row.created_at,
  };
}

/** The reads of workflows. */
export function readWorkflows(sql: Sql) {
  function one(condition: string, value: string): WorkflowRow | undefined {
    const row = sql.get<WorkflowColumns>(
      `SELECT ${workflowColumns} FROM workflows WHERE ${condition} AND removed_at IS NULL`,
      value,
    );
    return row === undefined ? undefined : toWorkflow(row);
  }

  function version(workflowId: string, number: number): VersionRow | undefined {
    const row = sql.get<VersionColumns>(
      `SELECT ${versionColumns} FROM workflow_versions WHERE workflow_id = ? AND version = ?`,
      workflowId,
      number,
    );
    return row === undefined ? undefined : toVersion(row);
  }

  return {
    /** Newest first. `q` finds by name, slug, id, or an id or path of one of its webhook URLs (SPEC 11). */
    list(query: PageQuery & { readonly q?: string | undefined }): Page<WorkflowRow> {
      const conditions = new Conditions().add('removed_at IS NULL').add('seq < ?', cursorSeq(query.cursor));
      if (query.q !== undefined && query.q !== '') {
        const pattern = containing(query.q);
        conditions.add(
          `(name LIKE ? ESCAPE '\\' OR slug LIKE ? ESCAPE '\\' OR id = ? OR EXISTS (
            SELECT 1 FROM endpoints AS e WHERE e.workflow_id = workflows.id AND e.removed_at IS NULL
              AND (e.id = ? OR e.node_id = ? OR e.path LIKE ? ESCAPE '\\')))`,
          pattern,
          pattern,
          query.q,
          query.q,
          query.q,
          pattern,
        );
      }
      const rows = sql.all<WorkflowColumns>(
        `SELECT ${workflowColumns} FROM workflows ${conditions.where} ORDER BY seq DESC LIMIT ?`,
        ...conditions.values,
        query.limit + 1,
      );
      return toPage(rows, query.limit, toWorkflow);
    },
    byId: (id: string): WorkflowRow | undefined => one('id = ?', id),
    bySlug: (slug: string): WorkflowRow | undefined => one('slug = ?', slug),
    byIdOrSlug: (word: string): WorkflowRow | undefined => one('id = ?', word) ?? one('slug = ?', word),
    /** A version, also of a removed workflow: its runs still show it. */
    version,
    /** Newest first. */
    versions: (workflowId: string): readonly VersionRow[] =>
      sql
        .all<VersionColumns>(
          `SELECT ${versionColumns} FROM workflow_versions WHERE workflow_id = ? AND version > 0 ORDER BY version DESC`,
          workflowId,
        )
        .map(toVersion),
    /** Outputs pinned to steps, by node id. */
    pins(workflowId: string): Readonly<Record<string, unknown>> {
      const row = sql.get<{ pins: string | null }>('SELECT pins FROM workflows WHERE id = ?', workflowId);
      return readObject(row?.pins ?? null) ?? {};
    },
    /** Enabled workflows with the version that is live. */
    active(): readonly { readonly workflow: WorkflowRow; readonly version: VersionRow }[] {
      return sql
        .all<WorkflowColumns>(
          `SELECT ${workflowColumns} FROM workflows
           WHERE enabled = 1 AND active_version IS NOT NULL AND removed_at IS NULL ORDER BY seq`,
        )
        .flatMap((row) => {
          const live = row.active_version === null ? undefined : version(row.id, row.active_version);
          return live === undefined ? [] : [{ workflow: toWorkflow(row), version: live }];
        });
    },
  };
}
