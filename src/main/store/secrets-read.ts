/** Reads named secrets, sealed as they are. */
import { readTexts } from './columns.ts';
import type { Sql } from './sql.ts';
import type { SecretRow } from './types.ts';

interface SecretColumns {
  readonly name: string;
  readonly sealed: string;
  readonly hint: string;
  readonly hosts: string;
  readonly created_at: number;
  readonly updated_at: number;
}

const selectSecrets = 'SELECT name, sealed, hint, hosts, created_at, updated_at FROM secrets';

function toSecret(row: SecretColumns): SecretRow {
  return {
    name: row.name,
    sealed: row.sealed,
    hint: row.hint,
    hosts: readTexts(row.hosts) ?? [],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The reads of secrets. */
export function readSecrets(sql: Sql) {
  return {
    /** By name. */
    list: (): readonly SecretRow[] => sql.all<SecretColumns>(`${selectSecrets} ORDER BY name`).map(toSecret),
    byName(name: string): SecretRow | undefined {
      const row = sql.get<SecretColumns>(`${selectSecrets} WHERE name = ?`, name);
      return row === undefined ? undefined : toSecret(row);
    },
  };
}
