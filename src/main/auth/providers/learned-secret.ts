/**
 * Senders that tell their secret in an unsigned first call (Asana, Notion). Whoever called first could else be believed
 * for ever, and whoever called later could take the endpoint over: a secret is learned only while none is known, or
 * while the person switched on learning another.
 */
import { isSecret } from '../compare.ts';
import type { Field } from '../../../shared/fields.ts';
import type { RawReply } from '../../base/raw-request.ts';
import type { AuthCheck } from '../scheme.ts';
import type { Handshake } from './provider.ts';

/** A secret as a header or a JSON text may carry it: visible ASCII, neither a word nor a page. */
const plausible = /^[\x21-\x7e]{16,200}$/;

/** The settings of such a provider. */
export function learnedSecretFields(label: string, help: string): readonly Field[] {
  return [
    { name: 'secret', label, kind: 'secret', required: true, help },
    {
      name: 'relearn',
      label: 'Learn another secret',
      kind: 'boolean',
      default: false,
      help: 'While this is on, the next handshake replaces the secret, whoever sends it. Switch it off afterwards.',
    },
  ];
}

/** The answer to a call that tells `told` as its secret. `sender` is its name in notes. */
export function learnSecret(
  { secrets, settings }: AuthCheck,
  told: string,
  sender: string,
  reply: RawReply,
): Handshake {
  if (!plausible.test(told)) {
    return { kind: 'refuse', status: 403, reason: `What came as the secret is not one ${sender} makes up.` };
  }
  const known = secrets[0]?.['secret'] ?? '';
  if (isSecret(told, known))
    return { kind: 'answer', reply, note: `${sender} told the secret already known.` };
  if (known !== '' && settings['relearn'] !== true) {
    const reason = `A secret is known already. Switch on "Learn another secret" if ${sender} is to tell a new one.`;
    return { kind: 'refuse', status: 403, reason };
  }
  return { kind: 'answer', reply, note: `${sender} told the secret; it is kept.`, learn: { secret: told } };
}
