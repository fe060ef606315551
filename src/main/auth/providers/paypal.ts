/**
 * PayPal: id, time, webhook id and a checksum of the body signed with PayPal's key, whose certificate stands on
 * paypal.com. The webhook's id is part of it, so an event PayPal signed for somebody else does not pass.
 */
import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { requireHeader } from '../required-header.ts';
import { refuse, textSetting, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { readIsoTime, refuseStale } from '../timestamp.ts';
import { bodyText } from './body-text.ts';
import { certifiedKey, readSecureUrl, readSignature } from './certificate.ts';
import { toleranceField, toleranceMs } from './fields.ts';
import type { Provider } from './provider.ts';

const host = 'paypal.com';
const names = ['Paypal-Transmission-Id', 'Paypal-Transmission-Time', 'Paypal-Transmission-Sig'] as const;
const urlHeader = 'Paypal-Cert-Url';
/** PayPal tries for three days and does not say whether each try is signed anew. */
const usualSeconds = 345_600;

export const paypal: Provider = {
  definition: {
    provider: 'paypal',
    title: 'PayPal',
    description:
      'PayPal Developer Dashboard > Apps & Credentials > your app > Webhooks > Add webhook: enter the URL. The webhook ID then stands beside it.',
    formula:
      'RSA (SHA-256) over transmission id, time, webhook id and CRC-32 of the body, joined with "|", base64, in PAYPAL-TRANSMISSION-SIG.',
    fields: [
      {
        name: 'webhookId',
        label: 'Webhook ID',
        kind: 'text',
        required: true,
        maxLength: 50,
        pattern: '^[A-Za-z0-9-]+$',
        help: 'As the dashboard shows it, e.g. 4JH86294D6297924G.',
      },
      toleranceField(usualSeconds, 604_800),
    ],
    deadlineMs: null,
    replayable: false,
    handshake: null,
  },
  verify: verifyEvent,
  deliveryId: (check) => bodyText(check, ['id']),
};

async function verifyEvent(check: AuthCheck): Promise<AuthVerdict> {
  const webhookId = textSetting(check.settings, 'webhookId', '');
  if (webhookId === '')
    throw new AppError({ code: 'endpoint_misconfigured', reason: 'The webhook ID is not set.' });
  const { headers, body } = check.raw;
  const values: string[] = [];
  for (const name of [...names, urlHeader]) {
    const value = requireHeader(headers, name);
    if (typeof value !== 'string') return value;
    values.push(value);
  }
  const [id = '', time = '', text = '', place = ''] = values;
  const url = readSecureUrl(place);
  const isOwn = url?.hostname.endsWith(`.${host}`) && url.pathname.startsWith('/v1/notifications/certs/');
  if (url === undefined || isOwn !== true) {
    return refuse('malformed', `The header ${urlHeader} does not name a certificate of PayPal.`);
  }
  const at = readIsoTime(time);
  if (at === undefined) return refuse('malformed', `The header ${names[1]} is no time.`);
  const signature = readSignature(text);
  if (signature === undefined) {
    return refuse('malformed', `The header ${names[2]} does not hold a signature in base64.`);
  }
  const key = await certifiedKey(check, url, [host]);
  if ('ok' in key) return key;
  const signed = Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);
  if (!verify('sha256', signed, key, signature)) {
    return refuse('mismatch', `The signature in ${names[2]} does not fit these bytes and this webhook ID.`);
  }
  const stale = refuseStale(
    'The time of transmission',
    at,
    check.now,
    toleranceMs(check.settings, usualSeconds),
  );
  return stale ?? { ok: true, secretIndex: 0 };
}
