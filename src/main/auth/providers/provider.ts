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
      /** Fetched once the handshake is answered (SNS SubscribeURL): https, and one of these hosts or below one. */
      readonly confirm?: { readonly url: string; readonly hosts: readonly string[] };
    }
  /** It was a handshake, and not a genuine one. */
  | { readonly kind: 'refuse'; readonly status: 401 | 403; readonly reason: string };

export interface Provider {
  readonly definition: ProviderDefinition;
  /** @throws AppError `endpoint_misconfigured` when a secret the provider needs is not there. */
  verify(check: AuthCheck): AuthVerdict | Promise<AuthVerdict>;
  /** Absent where only the sender can sign (public keys, certificates). */
  sign?(input: SignInput): Signature;
  /** Faults of settings that are valid one by one, found when they are saved. */
  check?(settings: AuthCheck['settings']): readonly { readonly path: string; readonly message: string }[];
  /** The secrets judging needs under these settings; absent: all that the definition requires. */
  needs?(settings: AuthCheck['settings']): readonly string[];
  /** Where the sender presents a secret as it is, so that it is not stored in the clear. */
  presents?: { readonly headers: readonly string[]; readonly query: readonly string[] };
  /** The id of the delivery, the same on every try; asked for only after `verify` let the request pass. */
  deliveryId?(check: AuthCheck): string | undefined;
  /**
   * What tells whether two deliveries of one id are the same; absent: the bytes of the body. For senders that write how
   * often they tried into the body.
   */
  deliveryBody?(check: AuthCheck): string | Uint8Array;
  /** A handshake that comes by GET carries these query parameters; it passes where GET is not allowed otherwise. */
  handshakeByGet?: readonly string[];
  /**
   * The answer to a handshake; undefined: this request is none. Comes before authentication, so what the provider
   * signs it verifies here itself. Where the answer is signed with the secret, what is signed must not be able to pass
   * for a delivery: else the endpoint would sign whatever a stranger sends.
   */
  handshake?(check: AuthCheck): Handshake | undefined | Promise<Handshake | undefined>;
}
