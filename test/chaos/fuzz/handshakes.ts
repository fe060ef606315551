/** What senders ask before they deliver anything: bodies, headers and targets of their handshakes, and of none quite like them. */
import type { Dice } from './dice.ts';
import { jsonText } from './grammar.ts';
import type { Mutation } from './mutations.ts';
import { setHeader } from './parcel.ts';

/** Challenges: right in form, odd, and not even text. */
function challenge(dice: Dice): string {
  return dice.pick([
    JSON.stringify(dice.word(1 + dice.upTo(60))),
    '"<script>"',
    '"a\\r\\nSet-Cookie: b=c"',
    '"\\ud800"',
    '""',
    JSON.stringify('x'.repeat(5_000)),
    jsonText(dice, 2),
  ]);
}

/** The body of a handshake. */
export function handshakeText(dice: Dice): string {
  const asked = challenge(dice);
  return dice.pick([
    `{"type":"url_verification","challenge":${asked},"token":"t"}`,
    `{"verification_token":${asked}}`,
    `{"event":"endpoint.url_validation","payload":{"plainToken":${asked}}}`,
    `{"challenge":${asked},"subscription":{"id":"s","status":"webhook_callback_verification_pending"}}`,
    `{"Type":"SubscriptionConfirmation","SubscribeURL":${asked},"Token":${asked}}`,
    `{"zen":${asked},"hook_id":1}`,
    '{"type":1}',
  ]);
}

const queries = [
  'hub.mode=subscribe&hub.verify_token=t&hub.challenge=',
  'crc_token=',
  'challenge=',
  'validationToken=',
  'challenge=1&challenge=',
];
const oddValues = ['%', '%0d%0aX: y', '%ff', '%3Cscript%3E', '', 'a'.repeat(2_000), 'plain'];
const headers = [
  ['X-Hook-Secret', 'x'.repeat(64)],
  ['X-Hook-Secret', '\x80'],
  ['Twitch-Eventsub-Message-Type', 'webhook_callback_verification'],
  ['X-Amz-Sns-Message-Type', 'SubscriptionConfirmation'],
  ['X-GitHub-Event', 'ping'],
] as const;

/** Makes a request look like a handshake by its target, its method or a header. */
export const askHandshake: Mutation = (parcel, dice) => {
  if (dice.oneIn(2)) {
    const [name, value] = dice.pick(headers);
    setHeader(parcel, name, value);
    return;
  }
  parcel.method = dice.pick(['GET', 'GET', 'POST', 'HEAD']);
  const value = dice.oneIn(2) ? dice.word(1 + dice.upTo(40)) : dice.pick(oddValues);
  parcel.target += (parcel.target.includes('?') ? '&' : '?') + dice.pick(queries) + value;
};
