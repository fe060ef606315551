/**
 * Twilio: the URL signed together with the fields of the form; of a JSON body its digest stands in the URL. So the URL has
 * to be the one Twilio was given, and a body of any other kind is covered by nothing and refused.
 */
import { isUtf8 } from 'node:buffer';
import { createHmac, hash } from 'node:crypto';
import { calledUrls } from '../called-urls.ts';
import { isSame } from '../compare.ts';
import { decodeDigest } from '../digest.ts';
import { findSigner } from '../find-signer.ts';
import { presentedHeader, presentedPair } from '../presented.ts';
import { requireHeader } from '../required-header.ts';
import {
  refuse,
  requireSecrets,
  textSetting,
  type AuthCheck,
  type AuthVerdict,
  type Signature,
  type SignInput,
} from '../scheme.ts';
import { sendersSecretField } from './fields.ts';
import { notificationUrlField } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

const header = 'X-Twilio-Signature';
const bodyDigest = 'bodySHA256';
const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

type Pairs = ReadonlyArray<readonly [string, string]>;

export const twilio: Provider = {
  definition: {
    provider: 'twilio',
    title: 'Twilio',
    description:
      'Enter the URL at the number or service it is for, as "A message comes in" or the like. The auth token stands in the Twilio Console under Account Info.',
    formula: `HMAC-SHA1 of the URL and the sorted fields of the form, base64, in ${header}; of JSON the URL holds ${bodyDigest}.`,
    fields: [
      sendersSecretField('Auth token', 'In the Twilio Console under Account Info.'),
      notificationUrlField,
    ],
    deadlineMs: 15_000,
    replayable: true,
    handshake: null,
  },
  verify,
  sign,
};

function verify(check: AuthCheck): AuthVerdict {
  const sets = requireSecrets(check.secrets, ['secret']);
  const text = requireHeader(check.raw.headers, header);
  if (typeof text !== 'string') return text;
  const given = decodeDigest(text, 'base64', 20);
  if (given === undefined)
    return refuse('malformed', `The header ${header} does not hold 20 bytes in base64.`);
  const fields = coveredFields(check);
  if ('ok' in fields) return fields;
  const known = textSetting(check.settings, 'notificationUrl', '');
  for (const url of (known === '' ? calledUrls(check) : [known]).flatMap(withAndWithoutPort)) {
    const secretIndex = findSigner(sets, [given], (set) => digestOf(set['secret'], url, fields));
    if (secretIndex >= 0) return { ok: true, secretIndex };
  }
  return refuse(
    'mismatch',
    `The signature in ${header} does not fit this URL, these fields and this auth token.`,
  );
}

/** The fields signed beside the URL; the refusal where the body is covered by nothing. */
function coveredFields({ raw, query, decodedBody }: AuthCheck): Pairs | Exclude<AuthVerdict, { ok: true }> {
  const digest = presentedPair(query, bodyDigest);
  if (digest.kind === 'repeated') return refuse('repeated', `The URL holds ${bodyDigest} more than once.`);
  if (digest.kind === 'one') {
    const fits = isSame(digest.value.toLowerCase(), hash('sha256', raw.body, 'hex'));
    return fits ? [] : refuse('mismatch', `The body is not the one of ${bodyDigest} in the URL.`);
  }
  if (raw.body.byteLength === 0) return [];
  const type = presentedHeader(raw.headers, 'content-type');
  if (type.kind === 'one' && formType.test(type.value)) {
    const fields = readFields(decodedBody);
    return (
      fields ??
      refuse('malformed', 'The form holds bytes that are no UTF-8, which the signature does not cover.')
    );
  }
  return refuse('missing', `The body is no form, and the URL holds no ${bodyDigest} that would cover it.`);
}

/**
 * The fields of a form; undefined where its bytes or escapes are no UTF-8. Those would all read as the same mark, and
 * bodies that differ only there would have one signature.
 */
function readFields(body: Uint8Array): Pairs | undefined {
  const text = Buffer.from(body).toString();
  try {
    decodeURIComponent(text);
  } catch {
    return undefined;
  }
  return isUtf8(body) ? [...new URLSearchParams(text)] : undefined;
}

function digestOf(secret: string | undefined, url: string, fields: Pairs): Buffer | undefined {
  if (secret === undefined || secret === '') return undefined;
  const byName = Map.groupBy(fields, ([name]) => name);
  const texts = [...byName.keys()].toSorted().flatMap((name) => {
    const values = new Set(byName.get(name)?.map(([, value]) => value));
    return [...values].toSorted().map((value) => name + value);
  });
  return createHmac('sha1', secret)
    .update(url + texts.join(''))
    .digest();
}

/** Twilio signs some URLs with the port that goes without saying, whether it was entered or not. */
function withAndWithoutPort(url: string): readonly string[] {
  const [, start = '', host = '', port, rest = ''] =
    /^(https?:\/\/)([^/?#]*?)(:\d+)?([/?#].*)?$/i.exec(url) ?? [];
  if (host === '') return [url];
  const usual = start.toLowerCase() === 'https://' ? ':443' : ':80';
  return port === undefined ? [url, start + host + usual + rest] : [url, start + host + rest];
}

/** A URL whose body was another before. */
function withoutDigest(url: string): string {
  const [start = '', search] = url.split('?', 2);
  const pairs = (search ?? '').split('&').filter((pair) => pair !== '' && !pair.startsWith(`${bodyDigest}=`));
  return pairs.length === 0 ? start : `${start}?${pairs.join('&')}`;
}

function sign({ url, body, contentType, secrets, settings }: SignInput): Signature {
  const [set] = requireSecrets([secrets], ['secret']);
  const called = withoutDigest(textSetting(settings, 'notificationUrl', url));
  const isForm =
    contentType === undefined ? !/^\s*[[{"]/.test(Buffer.from(body).toString()) : formType.test(contentType);
  const fields = body.byteLength === 0 || isForm ? readFields(body) : undefined;
  const query: Record<string, string> =
    fields !== undefined ? {} : { [bodyDigest]: hash('sha256', body, 'hex') };
  const search = new URLSearchParams(query).toString();
  const signed = search === '' ? called : `${called}${called.includes('?') ? '&' : '?'}${search}`;
  const digest = digestOf(set?.['secret'], signed, fields ?? [])?.toString('base64') ?? '';
  return { headers: { [header]: digest }, query };
}
