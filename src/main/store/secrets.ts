/** Named secrets, sealed before they come here. */
import { AppError } from '../../shared/errors.ts';
import { readTexts } from './columns.ts';
import type { Sql } from './sql.ts';
import type { SecretRow } from './types.ts';
import type { WriteContext } from './write-context.ts';

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

/** Makes a secret or replaces its value. */
export function setSecret(
  context: WriteContext,
  input: Pick<SecretRow, 'name' | 'sealed' | 'hint' | 'hosts'> & { readonly at: number },
): void {
  context.sql.run(
    `INSERT INTO secrets (name, sealed, hint, hosts, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, hint = excluded.hint, hosts = excluded.hosts,
       updated_at = excluded.updated_at`,
    input.name,
    input.sealed,
    input.hint,
    JSON.stringify(input.hosts),
    input.at,
    input.at,
  );
  context.emit('secrets', input.name);
}

/** Removes a secret. @throws AppError `not_found` */
export function removeSecret(context: WriteContext, { name }: { readonly name: string }): void {
  if (context.sql.run('DELETE FROM secrets WHERE name = ?', name) === 0) {
    throw new AppError({ code: 'not_found', message: 'No such secret.' });
  }
  context.emit('secrets', name);
}
