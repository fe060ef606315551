/** Writes API tokens, kept as hashes only (SPEC 11). */
import { AppError } from '../../shared/errors.ts';
import type { TokenRow } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** Makes a token. */
export function insertToken(
  context: WriteContext,
  token: Omit<TokenRow, 'lastUsedAt' | 'createdAt'> & { readonly at: number },
): void {
  context.sql.run(
    'INSERT INTO tokens (id, name, hash, hint, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    token.id,
    token.name,
    token.hash,
    token.hint,
    JSON.stringify(token.scopes),
    token.at,
  );
  context.emit('tokens', token.id);
}

/** Removes a token: it opens nothing from now on. @throws AppError `not_found` */
export function removeToken(context: WriteContext, { id }: { readonly id: string }): void {
  if (context.sql.run('DELETE FROM tokens WHERE id = ?', id) === 0) {
    throw new AppError({ code: 'not_found', message: 'No such token.' });
  }
  context.emit('tokens', id);
}

/** Notes that a token was used; kept to the minute. */
export function noteTokenUse(
  context: WriteContext,
  { id, at }: { readonly id: string; readonly at: number },
): void {
  context.sql.run(
    'UPDATE tokens SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ? - 60000)',
    at,
    id,
    at,
  );
}
