/**
 * The secrets of endpoints between document, vault and store: sealed when given, made up when wanted, opened only to
 * be used or shown on demand, masked everywhere else (SPEC 5, RELIABILITY 5).
 */
import type { EndpointView } from '../../shared/contract/views.ts';
import type { SecretValues } from '../../shared/fields.ts';
import type { AuthSettings } from '../../shared/model/endpoint.ts';
import { newSecret } from '../base/ids.ts';
import { endpointSecretPlace, type Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';
import { secretFieldsOfAuth } from './hooks.ts';
import { maskSecret } from './masking.ts';
import { weaknessOf } from './secret-strength.ts';
import { toTime, toTimeOrNull } from './times.ts';

interface SecretParts {
  readonly store: Store;
  readonly vault: Vault;
}

/** The values to set: given ones, and made-up ones for fields that have none yet. */
export function planSecrets(
  auth: AuthSettings,
  given: Readonly<Record<string, string>>,
  known: ReadonlySet<string>,
): SecretValues {
  const fresh = secretFieldsOfAuth(auth)
    .generated.filter((field) => !known.has(field) && given[field] === undefined)
    .map((field): [string, string] => [field, newSecret()]);
  return { ...Object.fromEntries(fresh), ...given };
}

/**
 * Seals and stores secrets of an endpoint.
 * @param overlapMs how long the value before stays valid.
 * @returns until when the values before are valid, where there are any.
 */
export async function storeSecrets(
  { store, vault }: SecretParts,
  input: {
    readonly endpointId: string;
    readonly values: SecretValues;
    readonly overlapMs: number;
    readonly at: number;
  },
): Promise<number | null> {
  const { endpointId, values, overlapMs, at } = input;
  const outcomes = await Promise.all(
    Object.entries(values).map(([field, value]) =>
      store.write('setEndpointSecret', {
        endpointId,
        field,
        sealed: vault.seal(value, endpointSecretPlace(endpointId, field)),
        overlapMs,
        at,
      }),
    ),
  );
  return outcomes.reduce<number | null>(
    (latest, { previousValidUntil }) => previousValidUntil ?? latest,
    null,
  );
}

/**
 * The present secrets of an endpoint in clear, by field. For signing and for showing on demand only.
 * @throws AppError `endpoint_misconfigured` when one cannot be opened.
 */
export function openSecrets({ store, vault }: SecretParts, endpointId: string): SecretValues {
  const rows = store.read.endpoints.secrets(endpointId);
  return Object.fromEntries(
    rows.map((row) => [row.field, vault.open(row.sealed, endpointSecretPlace(endpointId, row.field))]),
  );
}

/** The same, but what cannot be opened is left out: for blotting secrets out of what is shown. */
export function knownSecretValues({ store, vault }: SecretParts, endpointId: string): readonly string[] {
  return store.read.endpoints.secrets(endpointId).flatMap((row) => {
    const place = endpointSecretPlace(endpointId, row.field);
    return [row.sealed, row.previousSealed].flatMap((sealed) => {
      const value = sealed === null ? undefined : openOrNothing(vault, sealed, place);
      return value === undefined ? [] : [value];
    });
  });
}

/** What people see of an endpoint's secrets: when they were set, how the one before is doing, and whether one is weak. */
export function toSecretViews({ store, vault }: SecretParts, endpointId: string): EndpointView['secrets'] {
  return store.read.endpoints.secrets(endpointId).map((row) => {
    const value = openOrNothing(vault, row.sealed, endpointSecretPlace(endpointId, row.field));
    return {
      field: row.field,
      setAt: toTime(row.setAt),
      previousValidUntil: toTimeOrNull(row.previousValidUntil),
      previousUsedAt: toTimeOrNull(row.previousUsedAt),
      isReadable: value !== undefined,
      warning: value === undefined ? null : weaknessOf(value),
    };
  });
}

/** Auth settings with the endpoint's secrets put in as masks; a secret that cannot be opened shows marks alone. */
export function maskedAuth(
  { store, vault }: SecretParts,
  auth: AuthSettings,
  endpointId: string,
): AuthSettings {
  const { all } = secretFieldsOfAuth(auth);
  const masks = store.read.endpoints.secrets(endpointId).flatMap((row): [string, string][] => {
    if (!all.includes(row.field)) return [];
    const value = openOrNothing(vault, row.sealed, endpointSecretPlace(endpointId, row.field));
    return [[row.field, maskSecret(value ?? '')]];
  });
  return { ...auth, ...Object.fromEntries(masks) };
}

function openOrNothing(vault: Vault, sealed: string, place: string): string | undefined {
  try {
    return vault.open(sealed, place);
  } catch {
    return undefined;
  }
}
