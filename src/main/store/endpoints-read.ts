/** Reads endpoints, their sealed secrets and how busy they were. */
import { endpointStateSchema, styleSchema } from '../../shared/model/endpoint.ts';
import { readSettings } from './columns.ts';
import { firstSeqSince } from './instants.ts';
import type { Sql } from './sql.ts';
import type { EndpointRow, EndpointSecretRow } from './types.ts';

interface EndpointColumns {
  readonly id: string;
  readonly kind: 'dedicated' | 'shared';
  readonly workflow_id: string | null;
  readonly node_id: string | null;
  readonly name: string;
  readonly description: string;
  readonly style: string;
  readonly path: string;
  readonly state: string;
  readonly settings: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

interface SecretColumns {
  readonly endpoint_id: string;
  readonly field: string;
  readonly sealed: string;
  readonly previous_sealed: string | null;
  readonly previous_valid_until: number | null;
  readonly previous_used_at: number | null;
  readonly set_at: number;
}

/** What arrived at one endpoint since an instant. */
export interface EndpointStats {
  readonly endpointId: string;
  /** The newest request of all time. */
  readonly lastRequestAt: number;
  readonly accepted: number;
  /** Further deliveries of a known key. */
  readonly duplicates: number;
  readonly rejected: number;
}

const endpointColumns = `id, kind, workflow_id, node_id, name, description, style, path, state, settings, created_at,
  updated_at`;
const secretColumns =
  'endpoint_id, field, sealed, previous_sealed, previous_valid_until, previous_used_at, set_at';

function toEndpoint(row: EndpointColumns): EndpointRow {
  return {
    id: row.id,
    kind: row.kind,
    workflowId: row.workflow_id,
    nodeId: row.node_id,
    name: row.name,
    description: row.description,
    style: styleSchema.parse(row.style),
    path: row.path,
    state: endpointStateSchema.parse(row.state),
    settings: readSettings(row.settings),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toSecret(row: SecretColumns): EndpointSecretRow {
  return {
    endpointId: row.endpoint_id,
    field: row.field,
    sealed: row.sealed,
    previousSealed: row.previous_sealed,
    previousValidUntil: row.previous_valid_until,
    previousUsedAt: row.previous_used_at,
    setAt: row.set_at,
  };
}

/** The reads of endpoints. */
export function readEndpoints(sql: Sql) {
  function one(condition: string, value: string): EndpointRow | undefined {
    const row = sql.get<EndpointColumns>(
      `SELECT ${endpointColumns} FROM endpoints WHERE ${condition} AND removed_at IS NULL`,
      value,
    );
    return row === undefined ? undefined : toEndpoint(row);
  }

  return {
    /** All of them, newest first. */
    list: (): readonly EndpointRow[] =>
      sql
        .all<EndpointColumns>(
          `SELECT ${endpointColumns} FROM endpoints WHERE removed_at IS NULL ORDER BY seq DESC`,
        )
        .map(toEndpoint),
    byId: (id: string): EndpointRow | undefined => one('id = ?', id),
    byPath: (path: string): EndpointRow | undefined => one('path = ?', path),
    ofWorkflow: (workflowId: string): readonly EndpointRow[] =>
      sql
        .all<EndpointColumns>(
          `SELECT ${endpointColumns} FROM endpoints WHERE workflow_id = ? AND removed_at IS NULL ORDER BY seq`,
          workflowId,
        )
        .map(toEndpoint),
    secrets: (endpointId: string): readonly EndpointSecretRow[] =>
      sql
        .all<SecretColumns>(`SELECT ${secretColumns} FROM endpoint_secrets WHERE endpoint_id = ?`, endpointId)
        .map(toSecret),
    /** The secret each field had before its present one, sealed. */
    retiredSecrets: (endpointId: string): readonly { readonly field: string; readonly sealed: string }[] =>
      sql.all<{ field: string; sealed: string }>(
        'SELECT field, sealed FROM retired_secrets WHERE endpoint_id = ?',
        endpointId,
      ),
    allSecrets: (): readonly EndpointSecretRow[] =>
      sql.all<SecretColumns>(`SELECT ${secretColumns} FROM endpoint_secrets`).map(toSecret),
    /** One entry per endpoint that has ever had a request; counts begin at `sinceAt`. Indexes alone are read. */
    stats(sinceAt: number): readonly EndpointStats[] {
      const first = firstSeqSince(sql, 'requests', sinceAt);
      return sql
        .all<{ id: string; newest: number | null }>(
          'SELECT e.id, (SELECT max(seq) FROM requests AS r WHERE r.endpoint_id = e.id) AS newest FROM endpoints AS e',
        )
        .flatMap(({ id, newest }) => {
          if (newest === null) return [];
          const all = sql.get<{ n: number }>(
            'SELECT count(*) AS n FROM requests WHERE endpoint_id = ? AND seq >= ?',
            id,
            first,
          );
          const [rejected = 0, duplicates = 0] = ['rejected', 'duplicate'].map(
            (verdict) =>
              sql.get<{ n: number }>(
                `SELECT count(*) AS n FROM requests
                 WHERE endpoint_id = ? AND verdict = ? AND verdict <> 'accepted' AND seq >= ?`,
                id,
                verdict,
                first,
              )?.n ?? 0,
          );
          const last = sql.get<{ at: number }>(
            'SELECT received_at AS at FROM requests WHERE seq = ?',
            newest,
          );
          return [
            {
              endpointId: id,
              lastRequestAt: last?.at ?? 0,
              accepted: (all?.n ?? 0) - rejected - duplicates,
              duplicates,
              rejected,
            },
          ];
        });
    },
  };
}
