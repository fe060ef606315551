/**
 * Every scheme and every sender that can sign, each with settings and secrets it can be tried with: what the conformance
 * and the property tests go through, so that a new one is held to the same promises without a test of its own.
 */
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import type { AuthVerdict } from '../../../src/main/auth/scheme.ts';
import type { SecretValues } from '../../../src/shared/fields.ts';
import { secretFieldsOf } from '../../../src/shared/fields.ts';
import { judgeWith, noon, type Sent } from './check.ts';

export const publicUrl = 'https://hooks.example.com';

export interface Subject {
  readonly title: string;
  readonly auth: { readonly scheme: string } & Record<string, unknown>;
  /** Secrets of the form the sender uses; other seeds, others. */
  secretsOf(seed: string): SecretValues;
  /** Whether a changed body is to be noticed. */
  readonly coversBody: boolean;
}

function plainSecrets(auth: Subject['auth'], more: (value: string) => string = (value) => value) {
  const fields = secretFieldsOf(judgeWith(auth).scheme.definition.fields);
  return (seed: string): SecretValues =>
    Object.fromEntries(fields.map((field) => [field, more(`${field}-${seed}`)]));
}

function subject(auth: Subject['auth'], more: Partial<Omit<Subject, 'auth'>> = {}): Subject {
  return { title: auth.scheme, auth, coversBody: true, secretsOf: plainSecrets(auth), ...more };
}

const whsec = (value: string): string => `whsec_${Buffer.from(value.padEnd(24, '.')).toString('base64')}`;

/** Schemes as people configure them. */
const schemes: readonly Subject[] = [
  subject({ scheme: 'apiKey' }, { coversBody: false }),
  subject(
    { scheme: 'apiKey', in: 'query', name: 'key' },
    { title: 'apiKey in the query', coversBody: false },
  ),
  subject({ scheme: 'keyPair' }, { coversBody: false }),
  subject({ scheme: 'basic' }, { coversBody: false }),
  subject({ scheme: 'bearer' }, { coversBody: false }),
  subject({ scheme: 'jwt', audience: 'hooks' }, { coversBody: false }),
  subject({ scheme: 'appSign' }, { coversBody: false }),
  subject({ scheme: 'hmac' }),
  subject({ scheme: 'hmac', algorithm: 'sha1', prefix: 'sha1=' }, { title: 'hmac sha1' }),
  subject({ scheme: 'hmac', algorithm: 'sha512', encoding: 'base64' }, { title: 'hmac sha512 base64' }),
  subject(
    { scheme: 'hmac', signed: '{method} {url} {id}.{timestamp}.{body}', prefix: 'v1,', encoding: 'base64' },
    { title: 'hmac over everything' },
  ),
];

/** What can not be told from the definition of a sender. */
const special: Readonly<Record<string, (auth: Subject['auth']) => Partial<Subject>>> = {
  standardwebhooks: (auth) => ({ secretsOf: plainSecrets(auth, whsec) }),
  gitlab: () => ({ coversBody: false, secretsOf: (seed) => ({ secret: `token-${seed}` }) }),
};

const senders: readonly Subject[] = providerRegistry
  .filter((provider) => provider.sign !== undefined)
  .map(({ definition: { provider } }) => {
    const auth = { scheme: 'provider', provider };
    return { ...subject(auth, { title: provider }), ...special[provider]?.(auth) };
  });

export const subjects: readonly Subject[] = [
  ...schemes,
  ...senders,
  subject(
    { scheme: 'provider', provider: 'gitlab' },
    {
      title: 'gitlab with a signing token',
      secretsOf: (seed) => ({ secret: seed, signingToken: whsec(seed) }),
    },
  ),
];

/** A genuine request of a subject. */
export interface Delivery {
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** Signs a body as the subject's sender does. */
export function deliver({ auth }: Subject, secrets: SecretValues, body: Buffer, now = noon): Delivery {
  const path = '/hooks/x';
  const contentType = 'application/json';
  const judge = judgeWith(auth);
  const signature = judge.sign({ method: 'POST', url: publicUrl + path, body, contentType, secrets, now });
  const query = new URLSearchParams(signature.query).toString();
  return {
    url: query === '' ? path : `${path}?${query}`,
    headers: [['Content-Type', contentType], ...Object.entries(signature.headers)],
    body,
  };
}

/** The verdict over a delivery, now or at another time. */
export function judge(
  { auth }: Subject,
  delivery: Delivery,
  secrets: readonly SecretValues[],
  now = noon,
): Promise<AuthVerdict> {
  const sent: Sent = { method: 'POST', ...delivery, secrets, now, publicUrl };
  return judgeWith(auth).judge(sent);
}
