/**
 * The vault's face: secrets are sealed before they reach the store and opened only where they are used. What holds the
 * key (a key file, the system's keychain) is decided by the host.
 */
export interface Vault {
  /**
   * Encrypts a text for one place; the place is authenticated with it, so a sealed value moved elsewhere fails.
   * @param place e.g. `endpoint:ep_x:secret`
   */
  seal(plain: string, place: string): string;
  /**
   * Opens what `seal` gave for the same place.
   * @throws AppError `endpoint_misconfigured` when the key is missing or the value was tampered with.
   */
  open(sealed: string, place: string): string;
  /** How the key is kept, in one sentence for the operator. */
  readonly description: string;
}

/** The place of an endpoint's secret: a field of its auth scheme. */
export function endpointSecretPlace(endpointId: string, field: string): string {
  return `endpoint:${endpointId}:${field}`;
}

/** The place of a named secret (SPEC 2, Secret). */
export function namedSecretPlace(name: string): string {
  return `secret:${name}`;
}
