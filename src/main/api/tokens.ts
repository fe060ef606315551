/** API tokens: shown once, kept as sha256 (SPEC 11). Their 256 random bits make a slow hash pointless. */
import { hash } from 'node:crypto';
import { scopeSchema, type Scope, type TokenView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { isSecret } from '../auth/compare.ts';
import { newId, newSecret } from '../base/ids.ts';
import type { TokenRow } from '../store/types.ts';
import { hintOf } from './masking.ts';
import { pageOfList } from './list-page.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, operatorContext, requires } from './procedures.ts';
import { toTime, toTimeOrNull } from './times.ts';

/** Marks our tokens, so that secret scanners can find a leaked one. */
const prefix = 'hky_';

const hashOf = (token: string): string => hash('sha256', token, 'hex');

function toScopes(names: readonly string[]): readonly Scope[] {
  return names.flatMap((name) => {
    const scope = scopeSchema.safeParse(name);
    return scope.success ? [scope.data] : [];
  });
}

function toView(row: TokenRow): TokenView {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: [...toScopes(row.scopes)],
    createdAt: toTime(row.createdAt),
    lastUsedAt: toTimeOrNull(row.lastUsedAt),
  };
}

/**
 * Who the bearer of a token is and may do; notes that it was used.
 * @throws AppError `unauthorized` for a token nobody knows.
 */
export function callerOfToken(
  { store, clock, processToken }: ApiParts,
  token: string,
): { readonly scopes: ReadonlySet<Scope>; readonly caller: string } {
  if (processToken !== undefined && isSecret(token, processToken)) {
    return { scopes: operatorContext.scopes, caller: 'token of the process' };
  }
  const row = store.read.tokens.byHash(hashOf(token));
  if (row === undefined) {
    throw new AppError({ code: 'unauthorized', message: 'This API token is not known here.' });
  }
  const now = clock.now();
  if (row.lastUsedAt === null || row.lastUsedAt < now - 60_000) {
    store.writeLazy('noteTokenUse', { id: row.id, at: now });
  }
  return { scopes: new Set(toScopes(row.scopes)), caller: row.name };
}

/** `tokens.*` of the contract. */
export function tokenProcedures(os: Procedures, { store, clock }: ApiParts) {
  return {
    list: os.tokens.list
      .use(requires('admin'))
      .handler(({ input }) => pageOfList(store.read.tokens.list().map(toView), input, ({ id }) => id)),

    create: os.tokens.create.use(requires('admin')).handler(async ({ input: { name, scopes } }) => {
      const token = prefix + newSecret();
      const at = clock.now();
      const row = {
        id: newId('tok'),
        name,
        hash: hashOf(token),
        hint: hintOf(token),
        scopes: [...new Set(scopes)],
      };
      await store.write('insertToken', { ...row, at });
      return { ...toView({ ...row, createdAt: at, lastUsedAt: null }), token };
    }),

    remove: os.tokens.remove.use(requires('admin')).handler(async ({ input: { id } }) => {
      await store.write('removeToken', { id });
      return { id };
    }),
  };
}
