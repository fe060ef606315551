/** Secrets whose key is gone: found at start, so that the log says it before the first caller does (RELIABILITY 5). */
import { endpointSecretPlace, namedSecretPlace, type Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';

/** How many stored secrets cannot be opened. */
export function countUnreadableSecrets(store: Store, vault: Vault): number {
  const sealed = [
    ...store.read.endpoints
      .allSecrets()
      .map((row) => [row.sealed, endpointSecretPlace(row.endpointId, row.field)] as const),
    ...store.read.secrets.list().map((row) => [row.sealed, namedSecretPlace(row.name)] as const),
  ];
  return sealed.filter(([value, place]) => !canOpen(vault, value, place)).length;
}

function canOpen(vault: Vault, sealed: string, place: string): boolean {
  try {
    vault.open(sealed, place);
    return true;
  } catch {
    return false;
  }
}
