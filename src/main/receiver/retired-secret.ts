/**
 * Whether a refused caller still uses the secret that was replaced last: told to the operator, who can then tell the
 * caller (UI, Failed Triggers). It opens nothing, and the caller gets the same answer as any other.
 */
import { endpointSecretPlace } from '../base/vault.ts';
import { authCheckOf } from './auth-check.ts';
import type { Exchange } from './exchange.ts';
import { routeOf } from './exchange.ts';
import type { Tools } from './tools.ts';

/** Judges the request by the endpoint's retired secret. Never rejects. */
export async function presentsRetired(exchange: Exchange, tools: Tools): Promise<boolean> {
  const { auth, endpoint, secretsAt } = routeOf(exchange);
  const retired = tools.store.read.endpoints.retiredSecrets(endpoint.id);
  if (retired.length === 0) return false;
  try {
    const [current = {}] = secretsAt(tools.clock.now());
    const opened = retired.map(({ field, sealed }): [string, string] => [
      field,
      tools.vault.open(sealed, endpointSecretPlace(endpoint.id, field)),
    ]);
    const secrets = [{ ...current, ...Object.fromEntries(opened) }];
    return (await auth.scheme.verify({ ...authCheckOf(exchange, tools), secrets })).ok;
  } catch {
    return false;
  }
}
