/** Writes named secrets, sealed before they come here. */
import { AppError } from '../../shared/errors.ts';
import type { SecretRow } from './types.ts';
import type { WriteContext } from './write-context.ts';

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
