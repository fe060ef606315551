/** GitHub: SHA-256 of the body; the older SHA-1 only where it is asked for, and never beside the newer one. */
import { signHmac, verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { presentedHeader } from '../presented.ts';
import { secretField } from './fields.ts';
import { headerOf } from './delivery-header.ts';
import type { Provider } from './provider.ts';

const rule: HmacRule = {
  header: 'X-Hub-Signature-256',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  signed: '{body}',
};
const legacyRule: HmacRule = { ...rule, header: 'X-Hub-Signature', algorithm: 'sha1', prefix: 'sha1=' };

export const github: Provider = {
  definition: {
    provider: 'github',
    title: 'GitHub',
    description:
      'Settings → Webhooks → Add webhook of a repository or organisation: enter the URL and the secret.',
    formula: 'HMAC-SHA256 of the body in hex, after `sha256=`, in X-Hub-Signature-256.',
    fields: [
      secretField('Secret', 'The same text stands in "Secret" of the webhook at GitHub.'),
      {
        name: 'legacy',
        label: 'Accept SHA-1 too',
        kind: 'boolean',
        default: false,
        help: 'For old GitHub Enterprise servers, which sign X-Hub-Signature only.',
      },
    ],
    deadlineMs: 10_000,
    // The id of a delivery stands in a header that is not signed.
    replayable: true,
    handshake: null,
  },
  verify(check) {
    const isOld = presentedHeader(check.raw.headers, rule.header).kind === 'missing';
    return verifyHmac(check, isOld && check.settings['legacy'] === true ? legacyRule : rule);
  },
  sign: (input) => signHmac(input, rule),
  deliveryId: (check) => headerOf(check, 'X-GitHub-Delivery'),
};
