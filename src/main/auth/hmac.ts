/**
 * The scheme `hmac`: a keyed digest over the raw bytes, alone or joined with timestamp, id, URL and method (SPEC 5).
 * Metal, FlowTrux and most senders are settings of it.
 */
import { createHmac } from 'node:crypto';
import { newId } from '../base/ids.ts';
import { calledUrls } from './called-urls.ts';
import { isSame } from './compare.ts';
import { decodeDigest, type DigestEncoding } from './digest.ts';
import { headerNamePattern } from './header-name.ts';
import { presentedHeader, type Presented } from './presented.ts';
import {
  refuse,
  requireSecrets,
  textSetting,
  type AuthCheck,
  type AuthScheme,
  type AuthVerdict,
} from './scheme.ts';
import { isSigned, signedPieces, type SignedParts } from './signed-text.ts';
import { isFresh, readTimestamp } from './timestamp.ts';

const digestBytes = { sha1: 20, sha256: 32, sha512: 64 } as const;
type Algorithm = keyof typeof digestBytes;

/** Where the delivery id for `{id}` is looked for, in this order. */
const idHeaders = ['webhook-id', 'svix-id', 'idempotency-key'] as const;
const defaultTimestampHeader = 'X-Webhook-Timestamp';
const defaultToleranceSeconds = 300;

interface HmacSettings {
  readonly header: string;
  readonly algorithm: Algorithm;
  readonly encoding: DigestEncoding;
  readonly prefix: string | undefined;
  readonly signed: string;
  /** Undefined when no timestamp plays a part. */
  readonly timestampHeader: string | undefined;
  readonly toleranceMs: number;
}

function readSettings(settings: Readonly<Record<string, unknown>>): HmacSettings {
  const { algorithm, prefix, toleranceSeconds } = settings;
  const signed = textSetting(settings, 'signed', '{body}');
  const isTimed =
    textSetting(settings, 'timestampHeader', '') !== '' ||
    typeof toleranceSeconds === 'number' ||
    isSigned(signed, 'timestamp');
  return {
    header: textSetting(settings, 'header', 'X-Webhook-Signature'),
    algorithm: algorithm === 'sha1' || algorithm === 'sha512' ? algorithm : 'sha256',
    encoding: settings['encoding'] === 'base64' ? 'base64' : 'hex',
    prefix: typeof prefix === 'string' && prefix !== '' ? prefix : undefined,
    signed,
    timestampHeader: isTimed ? textSetting(settings, 'timestampHeader', defaultTimestampHeader) : undefined,
    toleranceMs: (typeof toleranceSeconds === 'number' ? toleranceSeconds : defaultToleranceSeconds) * 1_000,
  };
}

export const hmac: AuthScheme = {
  definition: {
    scheme: 'hmac',
    title: 'HMAC signature',
    description: 'The caller signs the exact bytes of the body with a shared secret.',
    fields: [
      { name: 'secret', label: 'Secret', kind: 'secret', generate: true, required: true },
      {
        name: 'header',
        label: 'Signature header',
        kind: 'text',
        default: 'X-Webhook-Signature',
        maxLength: 100,
        pattern: headerNamePattern,
      },
      {
        name: 'algorithm',
        label: 'Algorithm',
        kind: 'select',
        default: 'sha256',
        options: [
          { value: 'sha256', label: 'SHA-256' },
          { value: 'sha1', label: 'SHA-1' },
          { value: 'sha512', label: 'SHA-512' },
        ],
      },
      {
        name: 'encoding',
        label: 'Encoding',
        kind: 'select',
        default: 'hex',
        options: [
          { value: 'hex', label: 'Hex' },
          { value: 'base64', label: 'Base64' },
        ],
      },
      {
        name: 'prefix',
        label: 'Prefix',
        kind: 'text',
        maxLength: 40,
        placeholder: 'sha256=',
        help: 'Text before the digest. Left empty, the digest may stand with or without its algorithm as prefix.',
      },
      {
        name: 'signed',
        label: 'Signed text',
        kind: 'text',
        default: '{body}',
        maxLength: 500,
        help: 'Made of {body} {timestamp} {id} {url} {method}, e.g. {timestamp}.{body}',
      },
      {
        name: 'timestampHeader',
        label: 'Timestamp header',
        kind: 'text',
        maxLength: 100,
        pattern: headerNamePattern,
        placeholder: defaultTimestampHeader,
        help: 'Header with the time of sending in whole seconds since 1970.',
      },
      {
        name: 'toleranceSeconds',
        label: 'Tolerance',
        kind: 'number',
        min: 1,
        max: 86_400,
        unit: 's',
        help: 'How far the timestamp may be from now, before or after. 300 when a timestamp is used.',
      },
    ],
  },
  verify(check) {
    const settings = readSettings(check.settings);
    const sets = requireSecrets(check.secrets, ['secret']);
    const signature = presentedHeader(check.raw.headers, settings.header);
    const fault = faultOf(signature, settings.header);
    if (fault) return fault;
    const given = signature.kind === 'one' ? readDigest(signature.value, settings) : undefined;
    if (given === undefined) {
      const form = `${settings.prefix ?? ''}${digestBytes[settings.algorithm]} bytes in ${settings.encoding}`;
      return refuse(
        'malformed',
        `The header ${settings.header} does not hold a signature of the form ${form}.`,
      );
    }

    const timestamp = judgeTimestamp(check, settings);
    if (typeof timestamp !== 'string') return timestamp;
    const id = isSigned(settings.signed, 'id') ? deliveryId(check) : '';
    if (id === undefined)
      return refuse('missing', `None of the headers ${idHeaders.join(', ')} names the delivery.`);

    const { method, body } = check.raw;
    for (const url of isSigned(settings.signed, 'url') ? calledUrls(check) : ['']) {
      const parts = { body, timestamp, id, url, method };
      const index = sets.findIndex(({ secret = '' }) => {
        const fits = isSame(given, digest(settings, secret, parts));
        return fits && secret !== '';
      });
      if (index >= 0) return { ok: true, secretIndex: index };
    }
    if (sets[0]?.['secret'] === '') return refuse('empty_secret', 'The secret of this endpoint is empty.');
    return refuse(
      'mismatch',
      `The signature in ${settings.header} does not fit these bytes and this secret.`,
    );
  },
  sign({ method, url, body, secrets, settings: raw, now }) {
    const settings = readSettings(raw);
    const [set] = requireSecrets([secrets], ['secret']);
    const headers: Record<string, string> = {};
    const parts = { body, method, url, timestamp: '', id: '' };
    if (settings.timestampHeader !== undefined) {
      parts.timestamp = String(Math.floor(now / 1_000));
      headers[settings.timestampHeader] = parts.timestamp;
    }
    if (isSigned(settings.signed, 'id')) {
      parts.id = newId('req').replace('req', 'msg');
      headers[idHeaders[0]] = parts.id;
    }
    const signature = digest(settings, set?.['secret'] ?? '', parts).toString(settings.encoding);
    headers[settings.header] = `${settings.prefix ?? ''}${signature}`;
    return { headers, query: {} };
  },
};

function digest(settings: HmacSettings, secret: string, parts: SignedParts): Buffer {
  const mac = createHmac(settings.algorithm, secret);
  for (const piece of signedPieces(settings.signed, parts)) mac.update(piece);
  return mac.digest();
}

/** The digest in a header's value: the configured prefix is a must, without one `sha256=` may stand or not. */
function readDigest(value: string, settings: HmacSettings): Buffer | undefined {
  const { algorithm, encoding, prefix } = settings;
  const length = digestBytes[algorithm];
  const head = prefix ?? (value.startsWith(`${algorithm}=`) ? `${algorithm}=` : '');
  if (!value.startsWith(head)) return undefined;
  return decodeDigest(value.slice(head.length), encoding, length);
}

/** The timestamp's text ('' when none is used), or the refusal. */
function judgeTimestamp(check: AuthCheck, settings: HmacSettings): string | AuthVerdict {
  if (settings.timestampHeader === undefined) return '';
  const presented = presentedHeader(check.raw.headers, settings.timestampHeader);
  const fault = faultOf(presented, settings.timestampHeader);
  if (fault) return fault;
  const text = presented.kind === 'one' ? presented.value : '';
  const seconds = readTimestamp(text);
  if (seconds === undefined) {
    return refuse('malformed', `The header ${settings.timestampHeader} is not a whole number of seconds.`);
  }
  if (isFresh(seconds * 1_000, check.now, settings.toleranceMs)) return text;
  const apart = Math.round(Math.abs(check.now / 1_000 - seconds));
  return refuse(
    'stale',
    `The timestamp is ${apart} s from this machine's time; ${settings.toleranceMs / 1_000} s are allowed.`,
  );
}

function faultOf(presented: Presented, name: string): AuthVerdict | undefined {
  if (presented.kind === 'repeated') return refuse('repeated', `The header ${name} was sent more than once.`);
  if (presented.kind === 'missing' || presented.value === '') {
    return refuse('missing', `The header ${name} is missing.`);
  }
  return undefined;
}

function deliveryId(check: AuthCheck): string | undefined {
  for (const name of idHeaders) {
    const presented = presentedHeader(check.raw.headers, name);
    if (presented.kind === 'one') return presented.value;
    if (presented.kind === 'repeated') return undefined;
  }
  return undefined;
}
