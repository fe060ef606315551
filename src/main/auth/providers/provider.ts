/**
 * The face of a provider: one sender of webhooks with its own formula, freshness rule, delivery id and handshake
 * (SPEC 5, 4.7, 4.11). It is an authentication scheme whose settings are known beforehand, so most providers are a
 * definition and a few lines of data; `{"scheme": "provider", "provider": "github", …}` picks one of the registry.
 */
import type { ProviderDefinition } from '../../../shared/model/catalog.ts';
import type { RawReply } from '../../base/raw-request.ts';
import type { SecretValues } from '../../../shared/fields.ts';
import type { AuthCheck, AuthVerdict, Signature, SignInput } from '../scheme.ts';

/** What the handshake of a provider ends in. */
export type Handshake =
  /** Answered without starting anything; `note` is a sentence for the inspector. */
  | {
      readonly kind: 'answer';
      readonly reply: RawReply;
      readonly note: string;
      /** Secrets the sender told with the handshake, stored for the endpoint before the answer leaves (Asana). */
      readonly learn?: SecretValues;
      /** Fetched once the handshake is answered (SNS SubscribeURL); https and a host of the provider's own. */
      readonly confirm?: string;
    }
  /** It was a handshake, and not a genuine one. */
  | { readonly kind: 'refuse'; readonly status: 401 | 403; readonly reason: string };

export interface Provider {
  readonly definition: ProviderDefinition;
  /** @throws AppError `endpoint_misconfigured` when a secret the provider needs is not there. */
  verify(check: AuthCheck): AuthVerdict | Promise<AuthVerdict>;
  /** Absent where only the sender can sign (public keys, certificates). */
  sign?(input: SignInput): Signature;
  /** Where the sender presents a secret as it is, so that it is not stored in the clear. */
  presents?: { readonly headers: readonly string[]; readonly query: readonly string[] };
  /** The id of the delivery, the same on every try; asked for only after `verify` let the request pass. */
  deliveryId?(check: AuthCheck): string | undefined;
  /**
   * The answer to a handshake; undefined: this request is none. Comes before authentication, so what the provider
   * signs it verifies here itself.
   */
  handshake?(check: AuthCheck): Handshake | undefined | Promise<Handshake | undefined>;
}
