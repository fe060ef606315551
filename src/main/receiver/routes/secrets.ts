/**
 * The secrets of one endpoint, opened when they are first needed and kept as long as the configuration stands. What
 * can not be opened is asked for again with the next request: a keychain may be unlocked meanwhile.
 */
import type { SecretValues } from '../../../shared/fields.ts';
import { endpointSecretPlace, type Vault } from '../../base/vault.ts';
import type { EndpointSecretRow } from '../../store/types.ts';

/** The secret sets valid at an instant: the current one, then the previous one while it overlaps. */
export type OpenSecrets = (now: number) => readonly SecretValues[];

/**
 * @returns a function that throws AppError `endpoint_misconfigured` when a secret can not be decrypted
 */
export function secretsOpener(rows: readonly EndpointSecretRow[], vault: Vault): OpenSecrets {
  let opened: { readonly current: SecretValues; readonly previous: readonly Previous[] } | undefined;
  return (now) => {
    opened ??= openAll(rows, vault);
    const overlapping = opened.previous.filter(({ validUntil }) => validUntil > now);
    if (overlapping.length === 0) return [opened.current];
    const before = Object.fromEntries(overlapping.map(({ field, value }) => [field, value]));
    return [opened.current, { ...opened.current, ...before }];
  };
}

interface Previous {
  readonly field: string;
  readonly value: string;
  readonly validUntil: number;
}

function openAll(rows: readonly EndpointSecretRow[], vault: Vault) {
  const current: [string, string][] = [];
  const previous: Previous[] = [];
  for (const { endpointId, field, sealed, previousSealed, previousValidUntil } of rows) {
    const place = endpointSecretPlace(endpointId, field);
    current.push([field, vault.open(sealed, place)]);
    if (previousSealed !== null && previousValidUntil !== null) {
      previous.push({ field, value: vault.open(previousSealed, place), validUntil: previousValidUntil });
    }
  }
  return { current: Object.fromEntries(current), previous };
}
