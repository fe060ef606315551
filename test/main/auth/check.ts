/** Requests for the auth tests: what a caller sent, and what the endpoint holds. */
import type { AuthCheck, AuthScheme } from '../../../src/main/auth/scheme.ts';
import { resolveAuth } from '../../../src/main/auth/registry.ts';
import type { SecretValues } from '../../../src/shared/fields.ts';
import type { HeaderList } from '../../../src/shared/model/request.ts';

export const noon = 1_700_000_000_000;

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: HeaderList | Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly secrets: readonly SecretValues[];
  readonly now?: number;
  readonly publicUrl?: string;
  readonly bodyFields?: ReadonlyArray<readonly [string, string]>;
}

/** A scheme with checked settings that judges what is sent. */
export function judgeWith(auth: { scheme: string } & Record<string, unknown>) {
  const { scheme, settings } = resolveAuth(auth);
  return {
    scheme,
    settings,
    verify: (sent: Sent) => scheme.verify(checkOf(settings, sent)),
    sign: (input: Omit<Parameters<NonNullable<AuthScheme['sign']>>[0], 'settings'>) => {
      if (!scheme.sign) throw new Error('This scheme can not sign.');
      return scheme.sign({ ...input, settings });
    },
  };
}

function checkOf(settings: Readonly<Record<string, unknown>>, sent: Sent): AuthCheck {
  const url = sent.url ?? '/hooks/x';
  const body = Buffer.from(sent.body ?? '');
  const { bodyFields, publicUrl } = sent;
  return {
    raw: {
      method: sent.method ?? 'POST',
      url,
      httpVersion: '1.1',
      headers: Array.isArray(sent.headers) ? sent.headers : Object.entries(sent.headers ?? {}),
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
    ...(bodyFields === undefined ? {} : { bodyFields: () => bodyFields }),
  };
}
