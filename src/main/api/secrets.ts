/** Named secrets: set once, never shown again; only a hint and the hosts they may be sent to are (SPEC 2, 7). */
import type { SecretView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { namedSecretPlace } from '../base/vault.ts';
import type { SecretRow } from '../store/types.ts';
import { hintOf } from './masking.ts';
import { pageOfList } from './list-page.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime } from './times.ts';

function toView(row: SecretRow): SecretView {
  return {
    name: row.name,
    hint: row.hint,
    hosts: [...row.hosts],
    createdAt: toTime(row.createdAt),
    updatedAt: toTime(row.updatedAt),
  };
}

/** `secrets.*` of the contract. */
export function secretProcedures(os: Procedures, { store, vault, clock }: ApiParts) {
  return {
    list: os.secrets.list
      .use(requires('admin'))
      .handler(({ input }) => pageOfList(store.read.secrets.list().map(toView), input, ({ name }) => name)),

    set: os.secrets.set.use(requires('admin')).handler(async ({ input: { name, value, hosts } }) => {
      const sealed = vault.seal(value, namedSecretPlace(name));
      await store.write('setSecret', { name, sealed, hint: hintOf(value), hosts, at: clock.now() });
      const row = store.read.secrets.byName(name);
      if (row === undefined)
        throw new AppError({ code: 'conflict', message: 'The secret was removed meanwhile.' });
      return toView(row);
    }),

    remove: os.secrets.remove.use(requires('admin')).handler(async ({ input: { name } }) => {
      await store.write('removeSecret', { name });
      return { name };
    }),
  };
}
