/**
 * Signatures by the Standard Webhooks specification: id, time and body joined by dots, and a list of signatures of which
 * one has to fit, `v1` under a shared secret or `v1a` under the sender's public key. Svix, which it comes from, has the same
 * under other names of headers.
 */
import { createHmac, createPublicKey, verify as verifySignature } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import { decodeDigest } from './digest.ts';
import { findSigner } from './find-signer.ts';
import { presentedHeader } from './presented.ts';
import { requireHeader } from './required-header.ts';
import {
  refuse,
  requireSecrets,
  type AuthCheck,
  type AuthVerdict,
  type Signature,
  type SignInput,
} from './scheme.ts';
import { readTimestamp, refuseStale } from './timestamp.ts';

const mostSignatures = 20;

export interface StandardRule {
  /** Name of the secret. */
  readonly field: string;
  /** First words of the header names, of which the first that is there counts. */
  readonly families: readonly ('webhook' | 'svix')[];
  readonly toleranceMs: number;
  /** `whpk_` and base64 of the sender's Ed25519 key; empty or absent: none, and the secret is needed. */
  readonly publicKey?: string;
}

/** Judges a request. @throws AppError `endpoint_misconfigured` */
export function verifyStandard(check: AuthCheck, rule: StandardRule): AuthVerdict {
  const { headers, body } = check.raw;
  const publicKey = rule.publicKey === undefined || rule.publicKey === '' ? undefined : rule.publicKey;
  const sets = publicKey === undefined ? requireSecrets(check.secrets, [rule.field]) : check.secrets;
  const family =
    rule.families.find((name) => presentedHeader(headers, `${name}-signature`).kind !== 'missing') ??
    rule.families[0] ??
    'webhook';
  const signature = requireHeader(headers, `${family}-signature`);
  if (typeof signature !== 'string') return signature;
  const id = requireHeader(headers, `${family}-id`);
  if (typeof id !== 'string') return id;
  const timestamp = requireHeader(headers, `${family}-timestamp`);
  if (typeof timestamp !== 'string') return timestamp;
  // A dot inside would let one signed text be read as two different deliveries.
  if (id.includes('.')) return refuse('malformed', `The header ${family}-id holds a dot.`);
  const seconds = readTimestamp(timestamp);
  if (seconds === undefined) {
    return refuse('malformed', `The header ${family}-timestamp is not a whole number of seconds.`);
  }

  const tokens = signature.split(' ', mostSignatures);
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const macs = digestsIn(tokens, 'v1,', 32);
  const signatures = digestsIn(tokens, 'v1a,', 64);
  if (macs.length + signatures.length === 0) {
    return refuse('malformed', `The header ${family}-signature holds no signature of the kind v1 or v1a.`);
  }
  const isSenders = publicKey !== undefined && signatures.some((one) => fitsKey(publicKey, signed, one));
  const secretIndex = findSigner(sets, macs, (set) => macOf(set[rule.field], signed));
  if (!isSenders && secretIndex < 0) {
    return refuse(
      'mismatch',
      `No signature in ${family}-signature fits these bytes and this endpoint's key.`,
    );
  }
  const stale = refuseStale('The timestamp', seconds * 1_000, check.now, rule.toleranceMs);
  return stale ?? { ok: true, secretIndex: isSenders ? 0 : secretIndex };
}

/** Signs with the secret. @throws AppError `endpoint_misconfigured` */
export function signStandard({ body, secrets, now }: SignInput, rule: StandardRule): Signature {
  requireSecrets([secrets], [rule.field]);
  const [family = 'webhook'] = rule.families;
  const id = newId('req').replace('req', 'msg');
  const timestamp = String(Math.floor(now / 1_000));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const mac = macOf(secrets[rule.field], signed)?.toString('base64') ?? '';
  return {
    headers: {
      [`${family}-id`]: id,
      [`${family}-timestamp`]: timestamp,
      [`${family}-signature`]: `v1,${mac}`,
    },
    query: {},
  };
}

function digestsIn(tokens: readonly string[], prefix: string, length: number): readonly Buffer[] {
  return tokens.flatMap((token) => {
    const digest = token.startsWith(prefix)
      ? decodeDigest(token.slice(prefix.length), 'base64', length)
      : undefined;
    return digest === undefined ? [] : [digest];
  });
}

function macOf(secret: string | undefined, signed: Uint8Array): Buffer | undefined {
  if (secret === undefined || secret === '') return undefined;
  return createHmac('sha256', keyBytes(secret, 'whsec_', 'secret'))
    .update(signed)
    .digest();
}

function fitsKey(publicKey: string, signed: Uint8Array, signature: Uint8Array): boolean {
  const bytes = keyBytes(publicKey, 'whpk_', 'public key');
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
    return verifySignature(null, signed, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  } catch (cause) {
    throw new AppError({
      code: 'endpoint_misconfigured',
      reason: 'The public key is no Ed25519 key of 32 bytes.',
      cause,
    });
  }
}

/** The bytes of a key: base64, with its prefix or without. */
function keyBytes(text: string, prefix: string, what: string): Buffer {
  const own = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const bytes = Buffer.from(own, 'base64');
  if (bytes.byteLength > 0 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(own)) return bytes;
  throw new AppError({
    code: 'endpoint_misconfigured',
    reason: `The ${what} is not base64 after ${prefix}, as Standard Webhooks wants it.`,
  });
}
