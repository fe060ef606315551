/** Requests for the doctor: signed by a hand that may slip. */
import { createHmac, type BinaryToTextEncoding } from 'node:crypto';
import { diagnose } from '../../../../src/main/auth/doctor/diagnose.ts';
import type { OtherSecrets } from '../../../../src/main/auth/doctor/mistake.ts';
import { resolveAuth } from '../../../../src/main/auth/registry.ts';
import { bodyFieldsOf, bodyJsonOf } from '../../../../src/main/receiver/body/body-fields.ts';
import type { SecretValues } from '../../../../src/shared/fields.ts';

export const noon = 1_700_000_000_000;

export interface Sick {
  readonly auth: { scheme: string } & Record<string, unknown>;
  readonly secrets: SecretValues;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly body?: string | Uint8Array;
  readonly decoded?: Uint8Array;
  readonly others?: readonly OtherSecrets[];
  readonly now?: number;
}

/** What the doctor says of a request. */
export function examine({
  auth,
  secrets,
  headers = {},
  url = '/hooks/x',
  body = '',
  decoded,
  others = [],
  now = noon,
}: Sick) {
  const bytes = Buffer.from(body);
  const resolved = resolveAuth(auth);
  const list = Object.entries({ Host: 'hooks.test', ...headers });
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return diagnose({
    auth: resolved,
    others,
    check: {
      raw: {
        method: 'POST',
        url,
        httpVersion: '1.1',
        headers: list,
        body: bytes,
        remoteIp: '127.0.0.1',
        receivedAt: now,
      },
      decodedBody: decoded ?? bytes,
      query: [...new URL(url, 'http://hooks.test').searchParams],
      now,
      settings: resolved.settings,
      secrets: [secrets],
      bodyFields: () => bodyFieldsOf(decoded ?? bytes, type),
      bodyJson: () => bodyJsonOf(decoded ?? bytes),
    },
  });
}

/** An HMAC made by hand. */
export function mac(
  key: string | Uint8Array,
  text: string | Uint8Array,
  encoding: BinaryToTextEncoding = 'hex',
  algorithm = 'sha256',
): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}
