/** Reads API tokens, kept as hashes only (SPEC 11). */
import { readTexts } from './columns.ts';
import type { Sql } from './sql.ts';
import type { TokenRow } from './types.ts';

interface TokenColumns {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly hint: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

const selectTokens = 'SELECT id, name, hash, hint, scopes, created_at, last_used_at FROM tokens';

function toToken(row: TokenColumns): TokenRow {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    hint: row.hint,
    scopes: readTexts(row.scopes) ?? [],
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

/** The reads of tokens. */
export function readTokens(sql: Sql) {
  return {
    /** Newest first. */
    list: (): readonly TokenRow[] =>
      sql.all<TokenColumns>(`${selectTokens} ORDER BY created_at DESC, id`).map(toToken),
    /** By the sha256 hex of the token. */
    byHash(hash: string): TokenRow | undefined {
      const row = sql.get<TokenColumns>(`${selectTokens} WHERE hash = ?`, hash);
      return row === undefined ? undefined : toToken(row);
    },
  };
}
