/** Discord: time and body signed with Discord's own key; both kinds of endpoints are checked with signed pings. */
import { createPublicKey, verify as verifySignature, type KeyObject } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import { decodeDigest } from '../digest.ts';
import { requireHeader } from '../required-header.ts';
import { refuse, textSetting, type AuthCheck, type AuthVerdict } from '../scheme.ts';
import { bodyText, textAt } from './body-text.ts';
import type { Handshake, Provider } from './provider.ts';
import { jsonAnswer } from './replies.ts';

const signatureHeader = 'X-Signature-Ed25519';
const signatureBytes = 64;
const openingBrace = 0x7b;

export const discord: Provider = {
  definition: {
    provider: 'discord',
    title: 'Discord',
    description:
      'discord.com/developers > your application > General Information: enter the URL as Interactions Endpoint URL (or under Webhooks); the public key stands on the same page.',
    formula: `Ed25519 over timestamp and body, hex, in ${signatureHeader}.`,
    fields: [
      {
        name: 'publicKey',
        label: 'Public key',
        kind: 'text',
        required: true,
        maxLength: 64,
        pattern: '^[0-9a-fA-F]{64}$',
        help: '64 hex digits, under General Information of your application.',
      },
    ],
    deadlineMs: 3_000,
    replayable: false,
    handshake: 'A signed ping is answered with {"type":1}, one of webhook events with 204.',
  },
  verify,
  deliveryId: (check) => bodyText(check, ['id']),
  handshake: answerPing,
};

function keyOf({ settings }: AuthCheck): KeyObject {
  const bytes = Buffer.from(textSetting(settings, 'publicKey', ''), 'hex');
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new AppError({ code: 'endpoint_misconfigured', reason: 'The public key is not usable.', cause });
  }
}

function verify(check: AuthCheck): AuthVerdict {
  const key = keyOf(check);
  const { headers, body } = check.raw;
  const text = requireHeader(headers, signatureHeader);
  if (typeof text !== 'string') return text;
  const timestamp = requireHeader(headers, 'X-Signature-Timestamp');
  if (typeof timestamp !== 'string') return timestamp;
  // Nothing stands between time and body: what each looks like keeps one from being taken for a part of the other.
  if (!/^\d{1,15}$/.test(timestamp) || body[0] !== openingBrace) {
    return refuse('malformed', 'The timestamp is no number, or the body no JSON object.');
  }
  const signature = decodeDigest(text, 'hex', signatureBytes);
  if (signature === undefined) {
    return refuse('malformed', `The header ${signatureHeader} does not hold 64 bytes in hex.`);
  }
  return verifySignature(null, Buffer.concat([Buffer.from(timestamp), body]), key, signature)
    ? { ok: true, secretIndex: 0 }
    : refuse('mismatch', `The signature in ${signatureHeader} does not fit these bytes and this public key.`);
}

function answerPing(check: AuthCheck): Handshake | undefined {
  const type = bodyText(check, ['type']);
  const isEvent = textAt(check.bodyJson?.(), ['event', 'type']) !== undefined;
  if (check.raw.method !== 'POST' || isEvent || (type !== '0' && type !== '1')) return undefined;
  const verdict = verify(check);
  if (!verdict.ok) return { kind: 'refuse', status: 401, reason: verdict.reason };
  const note = 'The ping of Discord was answered.';
  if (type === '1') return jsonAnswer({ type: 1 }, note);
  return { kind: 'answer', note, reply: { status: 204, headers: {}, body: '' } };
}
