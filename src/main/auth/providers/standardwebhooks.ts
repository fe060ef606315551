/** Standard Webhooks, and Svix: the specification many senders follow. */
import { textSetting, type AuthCheck } from '../scheme.ts';
import { signStandard, verifyStandard, type StandardRule } from '../standard-webhooks.ts';
import { headerOf } from './delivery-header.ts';
import { sendersSecretField, toleranceField, toleranceMs } from './fields.ts';
import type { Provider } from './provider.ts';

const usualSeconds = 300;

function ruleOf(settings: AuthCheck['settings']): StandardRule {
  return {
    field: 'secret',
    families: ['webhook', 'svix'],
    toleranceMs: toleranceMs(settings, usualSeconds),
    publicKey: textSetting(settings, 'publicKey', ''),
  };
}

export const standardwebhooks: Provider = {
  definition: {
    provider: 'standardwebhooks',
    title: 'Standard Webhooks and Svix',
    description:
      'For every sender that follows standardwebhooks.com: enter the URL there and the signing secret (whsec_…) here.',
    formula:
      'HMAC-SHA256 of id, timestamp and body joined by dots, base64 with "v1,", in webhook-signature or svix-signature; v1a is Ed25519.',
    fields: [
      sendersSecretField('Signing secret', 'whsec_ and base64, as the sender shows it.'),
      {
        name: 'publicKey',
        label: 'Public key',
        kind: 'text',
        maxLength: 200,
        pattern: '^(?:(?:whpk_)?[A-Za-z0-9+/_-]+={0,2})?$',
        help: 'whpk_ and base64, of senders that sign with a key of their own (v1a). The secret may be left out then.',
      },
      toleranceField(usualSeconds),
    ],
    deadlineMs: 15_000,
    replayable: false,
    handshake: null,
  },
  needs: (settings) => (textSetting(settings, 'publicKey', '') === '' ? ['secret'] : []),
  verify: (check) => verifyStandard(check, ruleOf(check.settings)),
  sign: (input) => signStandard(input, ruleOf(input.settings)),
  // The header webhook-id is a key of its own wherever it comes from.
  deliveryId: (check) => headerOf(check, 'svix-id') ?? headerOf(check, 'webhook-id'),
};
