/** Requests for the auth tests: what a caller sent, and what the endpoint holds. */
import type { AuthCheck, AuthScheme, AuthVerdict } from '../../../src/main/auth/scheme.ts';
import { headerValues } from '../../../src/main/base/raw-request.ts';
import { bodyFieldsOf, bodyJsonOf } from '../../../src/main/receiver/body/body-fields.ts';
import { resolveAuth } from '../../../src/main/auth/registry.ts';
import type { SecretValues } from '../../../src/shared/fields.ts';
import type { HeaderList } from '../../../src/shared/model/request.ts';

export const noon = 1_700_000_000_000;

export interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: HeaderList | Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly secrets: readonly SecretValues[];
  readonly now?: number;
  readonly publicUrl?: string;
  readonly bodyFields?: ReadonlyArray<readonly [string, string]>;
  readonly fetchCertificate?: NonNullable<AuthCheck['fetchCertificate']>;
}

/** A scheme with checked settings that judges what is sent. */
export function judgeWith(auth: { scheme: string } & Record<string, unknown>) {
  const { scheme, settings, provider } = resolveAuth(auth);
  return {
    scheme,
    settings,
    /** The verdict of a scheme that judges at once. */
    verify(sent: Sent): AuthVerdict {
      const verdict = scheme.verify(checkOf(settings, sent));
      if (verdict instanceof Promise) throw new Error('This scheme takes its time.');
      return verdict;
    },
    judge: async (sent: Sent): Promise<AuthVerdict> => scheme.verify(checkOf(settings, sent)),
    check: (sent: Sent): AuthCheck => checkOf(settings, sent),
    provider,
    sign: (input: Omit<Parameters<NonNullable<AuthScheme['sign']>>[0], 'settings'>) => {
      if (!scheme.sign) throw new Error('This scheme can not sign.');
      return scheme.sign({ ...input, settings });
    },
  };
}

function checkOf(settings: Readonly<Record<string, unknown>>, sent: Sent): AuthCheck {
  const url = sent.url ?? '/hooks/x';
  const body = Buffer.from(sent.body ?? '');
  const { bodyFields, fetchCertificate, publicUrl } = sent;
  const headers = Array.isArray(sent.headers) ? sent.headers : Object.entries(sent.headers ?? {});
  const contentType = headerValues(headers, 'content-type')[0];
  return {
    raw: {
      method: sent.method ?? 'POST',
      url,
      httpVersion: '1.1',
      headers,
      body,
      remoteIp: '127.0.0.1',
      receivedAt: sent.now ?? noon,
    },
    decodedBody: body,
    query: [...new URL(url, 'http://localhost').searchParams],
    now: sent.now ?? noon,
    settings,
    secrets: sent.secrets,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    bodyFields: () => bodyFields ?? bodyFieldsOf(body, contentType),
    bodyJson: () => bodyJsonOf(body),
    ...(fetchCertificate === undefined ? {} : { fetchCertificate }),
  };
}
