/** Signs the body of a call: an HMAC in a header of one's choice, or the three headers of Standard Webhooks. */
import { createHmac } from 'node:crypto';

type Pairs = ReadonlyArray<readonly [string, string]>;

export interface BodySignature {
  readonly algorithm: string;
  readonly encoding: 'hex' | 'base64';
  /** Header it is sent in. */
  readonly name: string;
  /** Text before it, e.g. `sha256=`. */
  readonly prefix: string;
}

/** The header that signs a body. */
export function signBody(body: string, secret: string, signature: BodySignature): Pairs {
  const digest = createHmac(signature.algorithm, secret).update(body).digest(signature.encoding);
  return [[signature.name, signature.prefix + digest]];
}

/** The key in a Standard Webhooks secret: base64 after `whsec_`, else the text itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
}

/**
 * The headers of Standard Webhooks: id, time and signature over both and the body.
 * @param id the same for every try, so that a receiver recognises a repeat
 * @param now epoch ms
 */
export function signStandard(body: string, secret: string, id: string, now: number): Pairs {
  const time = String(Math.floor(now / 1_000));
  const digest = createHmac('sha256', keyOf(secret)).update(`${id}.${time}.${body}`).digest('base64');
  return [
    ['webhook-id', id],
    ['webhook-timestamp', time],
    ['webhook-signature', `v1,${digest}`],
  ];
}
