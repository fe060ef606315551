/**
 * Microsoft Graph: nothing is signed; every notification of a delivery carries the clientState that was chosen for its
 * subscription. A new URL, and the one for lifecycle notifications, is checked with a token that is to be sent back.
 */
import { isSecret } from '../compare.ts';
import { presentedPair } from '../presented.ts';
import { refuse, requireSecrets, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { textAt } from './body-text.ts';
import { secretField } from './fields.ts';
import type { Handshake, Provider } from './provider.ts';
import { plainAnswer } from './replies.ts';

const tokenName = 'validationToken';

export const microsoftgraph: Provider = {
  definition: {
    provider: 'microsoftgraph',
    title: 'Microsoft Graph',
    description:
      'Create the subscription with POST https://graph.microsoft.com/v1.0/subscriptions: the URL as notificationUrl (and lifecycleNotificationUrl), the secret as clientState.',
    formula: 'Nothing is signed: clientState in every entry of "value" has to be the secret.',
    fields: [
      secretField(
        'clientState',
        'At most 128 characters; the same text is the clientState of the subscription.',
      ),
    ],
    deadlineMs: 3_000,
    replayable: true,
    handshake: `A POST with ${tokenName} in the query is answered with that token as plain text.`,
  },
  verify,
  deliveryId,
  handshake: answerValidation,
};

function notificationsIn({ bodyJson }: AuthCheck): readonly unknown[] {
  const body = bodyJson?.();
  if (typeof body !== 'object' || body === null) return [];
  const list: unknown = Object.getOwnPropertyDescriptor(body, 'value')?.value;
  return Array.isArray(list) ? list : [];
}

function verify(check: AuthCheck): AuthVerdict {
  const sets = requireSecrets(check.secrets, ['secret']);
  const notifications = notificationsIn(check);
  if (notifications.length === 0) return refuse('missing', 'The body holds no notifications in "value".');
  const signers = notifications.map((one) => {
    const state = textAt(one, ['clientState']) ?? '';
    return sets.map((set) => isSecret(state, set['secret'] ?? '')).indexOf(true);
  });
  const wrong = signers.filter((index) => index < 0).length;
  if (wrong === 0) return { ok: true, secretIndex: Math.max(...signers) };
  return refuse(
    'mismatch',
    `clientState is another or missing in ${wrong} of ${signers.length} notifications.`,
  );
}

/** Several notifications come in one delivery; only where all have ids is the delivery known again. */
function deliveryId(check: AuthCheck): string | undefined {
  const ids = notificationsIn(check).map((one) => textAt(one, ['id']));
  return ids.includes(undefined) ? undefined : ids.join(' ');
}

function answerValidation({ raw, query }: AuthCheck): Handshake | undefined {
  const token = presentedPair(query, tokenName);
  if (raw.method !== 'POST' || token.kind !== 'one') return undefined;
  return plainAnswer(token.value, 'The validation of Microsoft Graph was answered.');
}
