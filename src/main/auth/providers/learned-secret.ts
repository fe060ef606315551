/**
 * Senders that tell their secret in an unsigned first call (Asana, Notion). The receiver keeps it only while the endpoint
 * has none: whoever called later could else take the endpoint over.
 */
import type { Field } from '../../../shared/fields.ts';
import type { RawReply } from '../../base/raw-request.ts';
import type { Handshake } from './provider.ts';

/** A secret as a header or a JSON text may carry it: visible ASCII, neither a word nor a page. */
const plausible = /^[\x21-\x7e]{16,200}$/;

/** The setting of such a provider: empty until it is told. */
export function learnedSecretField(label: string, help: string): Field {
  return { name: 'secret', label, kind: 'secret', help };
}

/** The answer to a call that tells `told` as its secret. `sender` is its name in notes. */
export function learnSecret(told: string, sender: string, reply: RawReply): Handshake {
  if (plausible.test(told)) {
    return { kind: 'answer', reply, note: `${sender} told its secret.`, learn: { secret: told } };
  }
  return { kind: 'refuse', status: 403, reason: `What came as the secret is not one ${sender} makes up.` };
}
