/** Named secrets for steps that send something out: opened at that moment, for hosts they are allowed for (SPEC 7). */
import { AppError } from '../../shared/errors.ts';
import { namedSecretPlace, type Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';
import type { StepContext } from '../steps/step.ts';

/**
 * Whether a secret may go to `name:port`. An entry without a port stands for every port of its host, `*.` before it for
 * every name below.
 */
export function isHostAllowed(hosts: readonly string[], host: string): boolean {
  const name = host.slice(0, host.lastIndexOf(':')).toLowerCase();
  return hosts.some((entry) => {
    const allowed = entry.trim().toLowerCase();
    if (allowed === name || allowed === host.toLowerCase()) return true;
    if (!allowed.startsWith('*.')) return false;
    const suffix = allowed.slice(1);
    return name.endsWith(suffix) || host.toLowerCase().endsWith(suffix);
  });
}

/** Reads secrets from the store. @see StepContext.secret */
export function createSecretSource(store: Store, vault: Vault): StepContext['secret'] {
  return (name, host) => {
    const row = store.read.secrets.byName(name);
    if (row === undefined) {
      throw new AppError({
        code: 'step_failed',
        message: `There is no secret "${name}".`,
        details: { retryable: false },
      });
    }
    const value = vault.open(row.sealed, namedSecretPlace(name));
    const place = typeof host === 'string' ? host : host(value);
    if (isHostAllowed(row.hosts, place)) return value;
    throw new AppError({
      code: 'step_failed',
      message: `The secret "${name}" may not be sent to ${place}; add the host to the secret to allow it.`,
      details: { retryable: false },
    });
  };
}
