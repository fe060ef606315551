/**
 * Secrets a sender tells with its handshake (Asana): sealed and stored before the answer leaves, and only while the endpoint
 * has none. Whoever comes second has to know the first one's secret.
 */
import type { SecretValues } from '../../../shared/fields.ts';
import { endpointSecretPlace } from '../../base/vault.ts';
import { isSecret } from '../../auth/compare.ts';
import { type Exchange, routeOf } from '../exchange.ts';
import type { Tools } from '../tools.ts';

/**
 * Whether the endpoint has these secrets now.
 * @throws AppError `storage_unavailable`, `endpoint_misconfigured`
 */
export async function learnSecrets(exchange: Exchange, learn: SecretValues, tools: Tools): Promise<boolean> {
  const { store, vault, clock } = tools;
  const { endpoint } = routeOf(exchange);
  for (const [field, value] of Object.entries(learn)) {
    const place = endpointSecretPlace(endpoint.id, field);
    // The writer decides who was first: two handshakes may be under way at once.
    const { kept } = await store.write('learnEndpointSecret', {
      endpointId: endpoint.id,
      field,
      sealed: vault.seal(value, place),
      at: clock.now(),
    });
    if (kept !== null && !isSecret(value, vault.open(kept, place))) return false;
  }
  return true;
}
