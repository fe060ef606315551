/**
 * A keyed digest over the raw bytes, alone or joined with timestamp, id, URL and method: what the scheme `hmac` and most
 * senders do, each with other names. A rule says the names; judging and signing are the same for all.
 */
import { createHmac } from 'node:crypto';
import type { SecretValues } from '../../shared/fields.ts';
import { newId } from '../base/ids.ts';
import { calledUrls } from './called-urls.ts';
import { decodeDigest, type DigestEncoding } from './digest.ts';
import { findSigner } from './find-signer.ts';
import { presentedHeader } from './presented.ts';
import { requireHeader } from './required-header.ts';
import {
  refuse,
  requireSecrets,
  type AuthCheck,
  type AuthVerdict,
  type Refusal,
  type Signature,
  type SignInput,
} from './scheme.ts';
import { isSigned, signedPieces, type SignedParts } from './signed-text.ts';
import { readSignatureList, writeSignatureList, type SignatureList } from './signature-list.ts';
import { seconds, type TimeForm } from './time-form.ts';
import { refuseStale } from './timestamp.ts';

/** Bytes of a digest by algorithm. */
export const digestBytes = { sha1: 20, sha256: 32, sha512: 64 } as const;
export type HmacAlgorithm = keyof typeof digestBytes;

/** Signatures one header may hold while a sender rotates its secret. */
const mostSignatures = 10;

export interface HmacRule {
  /** Name of the secret; default `secret`. */
  readonly field?: string;
  readonly header: string;
  readonly algorithm: HmacAlgorithm;
  readonly encoding: DigestEncoding;
  /** Text that must stand before the digest; absent: `sha256=` or the like may stand there. */
  readonly prefix?: string;
  /** Template over `{body} {timestamp} {id} {url} {method}`. */
  readonly signed: string;
  /** The header is a list in which the digests, and perhaps the time, have names. */
  readonly list?: SignatureList;
  /** The time of sending, in whole seconds unless it has another form; in its own header unless the list has it. */
  readonly timestamp?: {
    readonly header?: string;
    readonly toleranceMs: number;
    readonly form?: TimeForm;
  };
  /** The URL as the sender knows it, where that is settled; default: those the call may have had. */
  readonly url?: string;
  /** How the sender writes the URL it signs. */
  readonly spellUrl?: (url: string) => string;
  /** Where the delivery's id for `{id}` stands: the first of these that was sent. */
  readonly idHeaders?: readonly string[];
  /** The key a secret's text stands for; default: its UTF-8 bytes. @throws AppError `endpoint_misconfigured` */
  readonly keyOf?: (secret: string) => string | Uint8Array;
}

/** Judges a request by a rule. @throws AppError `endpoint_misconfigured` */
export function verifyHmac(check: AuthCheck, rule: HmacRule): AuthVerdict {
  const { field = 'secret', header } = rule;
  const { raw } = check;
  const sets = requireSecrets(check.secrets, [field]);
  const text = requireHeader(raw.headers, header);
  if (typeof text !== 'string') return text;
  const given = readDigests(text, rule);
  if (given === undefined) {
    const form = `${rule.prefix ?? ''}${digestBytes[rule.algorithm]} bytes in ${rule.encoding}`;
    return refuse('malformed', `The header ${header} does not hold a signature of the form ${form}.`);
  }
  const time = readTime(check, rule, text);
  if ('ok' in time) return time;
  const id = isSigned(rule.signed, 'id') ? readId(check, rule) : '';
  if (typeof id !== 'string') return id;

  const { method, body } = raw;
  for (const url of isSigned(rule.signed, 'url') ? signedUrls(check, rule) : ['']) {
    const parts = { body, method, url, id, timestamp: time.text };
    const secretIndex = findSigner(sets, given, (set) => digestOf(rule, set, parts));
    if (secretIndex < 0) continue;
    const { timestamp } = rule;
    const stale =
      timestamp === undefined
        ? undefined
        : refuseStale('The timestamp', time.at, check.now, timestamp.toleranceMs);
    return stale ?? { ok: true, secretIndex };
  }
  return refuse('mismatch', `The signature in ${header} does not fit these bytes and this secret.`);
}

/** Signs a request by a rule. @throws AppError `endpoint_misconfigured` */
export function signHmac({ method, url, body, secrets, now }: SignInput, rule: HmacRule): Signature {
  const { field = 'secret', timestamp, idHeaders = [] } = rule;
  requireSecrets([secrets], [field]);
  const headers: Record<string, string> = {};
  const parts = { body, method, url: spelled(rule.url ?? url, rule), timestamp: '', id: '' };
  if (timestamp !== undefined) {
    parts.timestamp = (timestamp.form ?? seconds).write(now);
    if (timestamp.header !== undefined) headers[timestamp.header] = parts.timestamp;
  }
  const [idHeader] = idHeaders;
  if (isSigned(rule.signed, 'id') && idHeader !== undefined) {
    parts.id = newId('req').replace('req', 'msg');
    headers[idHeader] = parts.id;
  }
  const digest = `${rule.prefix ?? ''}${digestOf(rule, secrets, parts)?.toString(rule.encoding) ?? ''}`;
  headers[rule.header] = rule.list ? writeSignatureList(digest, parts.timestamp, rule.list) : digest;
  return { headers, query: {} };
}

function digestOf(rule: HmacRule, set: SecretValues, parts: SignedParts): Buffer | undefined {
  const secret = set[rule.field ?? 'secret'];
  if (secret === undefined || secret === '') return undefined;
  const mac = createHmac(rule.algorithm, rule.keyOf?.(secret) ?? secret);
  for (const piece of signedPieces(rule.signed, parts)) mac.update(piece);
  return mac.digest();
}

/** The digests of a header: one, or several with commas or spaces between; undefined when one of them is no digest. */
function readDigests(text: string, rule: HmacRule): readonly Buffer[] | undefined {
  // One is the rule.
  const only = rule.list === undefined ? readDigest(text, rule) : undefined;
  if (only !== undefined) return [only];
  const between = rule.prefix?.includes(',') === true ? / +/ : / *[, ] */;
  const tokens = rule.list
    ? readSignatureList(text, rule.list).digests
    : text.split(between, mostSignatures + 1);
  const digests = tokens.map((token) => readDigest(token, rule)).filter((digest) => digest !== undefined);
  // In a list with names digests of a later kind may stand beside those that are known.
  const areGood = rule.list === undefined ? digests.length === tokens.length : digests.length > 0;
  return areGood && tokens.length <= mostSignatures ? digests : undefined;
}

function readDigest(token: string, { algorithm, encoding, prefix }: HmacRule): Buffer | undefined {
  const head = prefix ?? (token.startsWith(`${algorithm}=`) ? `${algorithm}=` : '');
  if (!token.startsWith(head)) return undefined;
  return decodeDigest(token.slice(head.length), encoding, digestBytes[algorithm]);
}

function readTime(
  { raw }: AuthCheck,
  { header, list, timestamp }: HmacRule,
  listed: string,
): { text: string; at: number } | Refusal {
  if (timestamp === undefined) return { text: '', at: 0 };
  const { header: own, form = seconds } = timestamp;
  const inList = list === undefined ? undefined : readSignatureList(listed, list).time;
  const text = own === undefined ? (inList ?? '') : requireHeader(raw.headers, own);
  if (typeof text !== 'string') return text;
  const at = form.read(text);
  if (at !== undefined) return { text, at };
  return own === undefined
    ? refuse('malformed', `The time in the header ${header} is not ${form.words}.`)
    : refuse('malformed', `The header ${own} is not ${form.words}.`);
}

/** The URLs the sender may have signed, best first, as it writes them. */
export function signedUrls(check: AuthCheck, rule: Pick<HmacRule, 'url' | 'spellUrl'>): readonly string[] {
  return (rule.url === undefined ? calledUrls(check) : [rule.url]).map((url) => spelled(url, rule));
}

function spelled(url: string, { spellUrl }: Pick<HmacRule, 'spellUrl'>): string {
  return spellUrl?.(url) ?? url;
}

function readId({ raw }: AuthCheck, { idHeaders = [] }: HmacRule): string | Refusal {
  const sent = idHeaders.find((name) => presentedHeader(raw.headers, name).kind !== 'missing');
  if (sent !== undefined) return requireHeader(raw.headers, sent);
  return refuse('missing', `None of the headers ${idHeaders.join(', ')} names the delivery.`);
}
