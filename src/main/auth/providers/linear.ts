/** Linear: the body signed, with the time of sending inside. */
import { verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { refuse, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { readTimestamp, refuseStale } from '../timestamp.ts';
import { bodyText } from './body-text.ts';
import { sendersSecretField, toleranceField, toleranceMs } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

const usualSeconds = 60;
const rule: HmacRule = { ...usualRule, header: 'Linear-Signature' };

// No delivery id: a second try carries the id of the first, but a body with another time.
export const linear: Provider = hmacProvider(
  {
    provider: 'linear',
    title: 'Linear',
    description:
      'Linear > Settings > API > Webhooks > New webhook: enter the URL. The signing secret is shown on the page of the webhook.',
    formula:
      'HMAC-SHA256 of the body, hex, in Linear-Signature; webhookTimestamp in the body is the time of sending.',
    fields: [
      sendersSecretField('Signing secret', 'On the page of the webhook.'),
      toleranceField(usualSeconds),
    ],
    deadlineMs: 5_000,
    replayable: false,
    handshake: null,
  },
  rule,
  { verify },
);

function verify(check: AuthCheck): AuthVerdict {
  const verdict = verifyHmac(check, rule);
  // The time is signed with the body: where Linear sends none, nobody has taken it out.
  const time = bodyText(check, ['webhookTimestamp']);
  if (!verdict.ok || time === undefined) return verdict;
  const at = readTimestamp(time);
  if (at === undefined) return refuse('malformed', 'webhookTimestamp in the body is not in milliseconds.');
  return refuseStale('webhookTimestamp', at, check.now, toleranceMs(check.settings, usualSeconds)) ?? verdict;
}
