/**
 * Amazon SNS: named fields of the message signed with a key of the region, whose certificate stands on
 * sns.<region>.amazonaws.com. SNS signs for every customer alike, so the topic is a must: without it anybody's topic
 * would pass.
 */
import { verify } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import { refuse, textSetting, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { readIsoTime, refuseStale } from '../timestamp.ts';
import { textAt } from './body-text.ts';
import { certifiedKey, readSecureUrl, readSignature } from './certificate.ts';
import { toleranceField, toleranceMs } from './fields.ts';
import type { Handshake, Provider } from './provider.ts';
import { plainAnswer } from './replies.ts';

/** SNS tries for an hour unless the subscription says otherwise. */
const usualSeconds = 7_200;
/** A message is at most 256 KiB; it is read before it is known to be genuine. */
const mostBytes = 1_048_576;
const ownHost = /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?$/;
const certificatePath = /^\/SimpleNotificationService-[0-9a-z]+\.pem$/;
const signedNames = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  other: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

export const awssns: Provider = {
  definition: {
    provider: 'awssns',
    title: 'Amazon SNS',
    description:
      'Amazon SNS > Topics > your topic > Create subscription: protocol HTTPS, the URL as endpoint, raw message delivery off. The subscription confirms itself.',
    formula:
      'RSA (SHA-1 or SHA-256, by SignatureVersion) over the named fields of the message, base64, in "Signature" of the body.',
    fields: [
      {
        name: 'topicArn',
        label: 'Topic ARN',
        kind: 'text',
        required: true,
        maxLength: 300,
        pattern: '^arn:aws[a-z-]*:sns:[^:]+:\\d{12}:[A-Za-z0-9_.-]+$',
        help: 'Only messages of this topic are believed; SNS signs for every customer with the same key.',
      },
      toleranceField(usualSeconds, 604_800),
    ],
    deadlineMs: 15_000,
    replayable: false,
    handshake: 'A signed SubscriptionConfirmation is answered with 200, and its SubscribeURL is fetched.',
  },
  verify: async (check) => verifyMessage(check, readMessage(check)),
  deliveryId: (check) => textAt(readMessage(check), ['MessageId']),
  handshake: confirmSubscription,
};

/** SNS sends its JSON as text/plain, so it is read whatever the content type. */
function readMessage({ decodedBody }: AuthCheck): unknown {
  if (decodedBody.byteLength > mostBytes) return undefined;
  try {
    return JSON.parse(Buffer.from(decodedBody).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function verifyMessage(check: AuthCheck, message: unknown): Promise<AuthVerdict> {
  const topic = textSetting(check.settings, 'topicArn', '');
  if (topic === '')
    throw new AppError({ code: 'endpoint_misconfigured', reason: 'The topic ARN is not set.' });
  const text = textAt(message, ['Signature']);
  if (text === undefined) return refuse('missing', 'The body is no message of SNS with a Signature.');
  const signature = readSignature(text);
  if (signature === undefined) return refuse('malformed', 'Signature in the body is not in base64.');
  const version = textAt(message, ['SignatureVersion']);
  if (version !== '1' && version !== '2') return refuse('malformed', 'SignatureVersion is neither 1 nor 2.');
  if (textAt(message, ['TopicArn']) !== topic) return refuse('mismatch', 'The message is of another topic.');
  const at = readIsoTime(textAt(message, ['Timestamp']) ?? '');
  if (at === undefined) return refuse('malformed', 'Timestamp in the body is no time.');
  const url = readSecureUrl(textAt(message, ['SigningCertURL']) ?? '');
  if (url === undefined || !ownHost.test(url.hostname) || !certificatePath.test(url.pathname)) {
    return refuse('malformed', 'SigningCertURL does not name a certificate of SNS.');
  }
  const key = await certifiedKey(check, url, [url.hostname]);
  if ('ok' in key) return key;
  const algorithm = version === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  if (!verify(algorithm, Buffer.from(signedText(message)), key, signature)) {
    return refuse('mismatch', 'The signature in the body does not fit its fields.');
  }
  const stale = refuseStale('Timestamp', at, check.now, toleranceMs(check.settings, usualSeconds));
  return stale ?? { ok: true, secretIndex: 0 };
}

function signedText(message: unknown): string {
  const names = textAt(message, ['Type']) === 'Notification' ? signedNames.Notification : signedNames.other;
  return names
    .flatMap((name) => {
      const value = textAt(message, [name]);
      return value === undefined ? [] : [`${name}\n${value}\n`];
    })
    .join('');
}

async function confirmSubscription(check: AuthCheck): Promise<Handshake | undefined> {
  const message = readMessage(check);
  if (check.raw.method !== 'POST' || textAt(message, ['Type']) !== 'SubscriptionConfirmation')
    return undefined;
  const verdict = await verifyMessage(check, message);
  if (!verdict.ok) return { kind: 'refuse', status: 401, reason: verdict.reason };
  const url = readSecureUrl(textAt(message, ['SubscribeURL']) ?? '');
  if (url === undefined || !ownHost.test(url.hostname)) {
    return { kind: 'refuse', status: 403, reason: 'SubscribeURL is not a URL of SNS.' };
  }
  const answer = plainAnswer('', 'The subscription was genuine; its SubscribeURL is called.');
  return { ...answer, confirm: { url: url.href, hosts: [url.hostname] } };
}
