/**
 * Deliveries as a careful sender makes them: a body of its own, signed over its bytes, and a key that is the same
 * at every try. Chaos and bench send these, so signing, capture, dedupe and run are all at work.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';

export interface Delivery {
  /** Stands in the body and is the idempotency key. */
  id: string;
  body: Buffer;
  sha256: string;
  headers: Record<string, string>;
}

/** A signed delivery whose body is about `size` bytes of JSON. */
export function makeDelivery(secret: string, size = 256): Delivery {
  const id = randomBytes(12).toString('hex');
  const core = { id, orderId: Number.parseInt(id.slice(0, 8), 16), note: '' };
  const filler = Math.max(0, size - JSON.stringify(core).length);
  const body = Buffer.from(JSON.stringify({ ...core, note: 'n'.repeat(filler) }));
  return {
    id,
    body,
    sha256: sha256(body),
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': signBody(secret, body),
      'idempotency-key': id,
    },
  };
}

/** HMAC-SHA256 of the raw bytes in hex: the default of scheme `hmac` (SPEC 5). */
export function signBody(secret: string, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
