/** The schemes and known senders the app can sign for itself, ready to verify in the process. */
import { providerRegistry } from '../../src/main/auth/providers/registry.ts';
import { resolveAuth } from '../../src/main/auth/registry.ts';
import type { AuthCheck, AuthScheme, Signature } from '../../src/main/auth/scheme.ts';
import type { HeaderList } from '../../src/shared/model/request.ts';

/** A secret in the form the strictest sender asks for; text like any other to the rest. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const url = 'http://127.0.0.1:4665/hooks/x';

export interface SigningScheme {
  readonly name: string;
  readonly scheme: AuthScheme;
  /** The signature of a genuine sender; undefined where only the sender can sign. */
  readonly sign: (body: Uint8Array, now: number, secret?: string) => Signature | undefined;
  /** What the receiver would hand over for a request with these headers, query and bytes. */
  readonly check: (
    headers: HeaderList,
    query: AuthCheck['query'],
    body: Uint8Array,
    now: number,
  ) => AuthCheck;
}

/** Every scheme that signs, settings as they are by default. */
export function signingSchemes(): SigningScheme[] {
  const specs = [
    { scheme: 'apiKey' },
    { scheme: 'keyPair' },
    { scheme: 'basic', username: 'user' },
    { scheme: 'bearer' },
    { scheme: 'jwt', algorithms: ['HS256'] },
    { scheme: 'hmac' },
    { scheme: 'hmac', encoding: 'base64', signed: '{timestamp}.{id}.{body}' },
    { scheme: 'appSign' },
    ...providerRegistry
      .filter(({ sign }) => sign !== undefined)
      .map(({ definition }) => ({ scheme: 'provider', provider: definition.provider })),
  ];
  return specs.flatMap((spec) => {
    const { scheme, settings } = resolveAuth(spec);
    if (scheme.sign === undefined) return [];
    const fields = scheme.definition.fields.filter(({ kind }) => kind === 'secret');
    const secretsOf = (value: string): Record<string, string> =>
      Object.fromEntries(fields.map(({ name }) => [name, value]));
    return [
      {
        name: Object.values(spec).flat().join(' ').replace('provider ', ''),
        scheme,
        sign: (body, now, secret = SECRET) =>
          scheme.sign?.({ method: 'POST', url, body, secrets: secretsOf(secret), settings, now }),
        check: (headers, query, body, now) => ({
          raw: {
            method: 'POST',
            url: '/hooks/x',
            httpVersion: '1.1',
            headers: [['Host', '127.0.0.1:4665'], ['Content-Type', 'application/json'], ...headers],
            body,
            remoteIp: '127.0.0.1',
            receivedAt: now,
          },
          decodedBody: body,
          query,
          now,
          settings,
          secrets: [secretsOf(SECRET)],
        }),
      } satisfies SigningScheme,
    ];
  });
}
