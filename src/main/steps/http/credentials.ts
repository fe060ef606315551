/** The `auth` of an HTTP step: what it adds to the call, and what of it may be shown. */
import type { Clock } from '../../base/clock.ts';
import {
  renderSecretText,
  sentText,
  shownText,
  type Renderer,
  type SecretSource,
  type SecretText,
} from '../secret-text.ts';
import { signBody, signStandard } from './body-signature.ts';
import { renderOAuth2, type TokenPlan } from './oauth2.ts';
import type { SecretForHost } from './target.ts';

type Pairs = ReadonlyArray<readonly [string, string]>;

/** What credentials add to a call. */
export interface SentCredentials {
  readonly headers?: Pairs;
  readonly query?: Pairs;
  /** Every text in them that must not come back into the run. */
  readonly hidden: readonly string[];
  /** Headers over the body as it is sent. */
  sign?(body: string): Pairs;
  /** A token to be fetched and sent as bearer. */
  readonly token?: TokenPlan;
}

export interface Credentials {
  /** For the run's history: literal passwords covered, secrets by name. */
  readonly shown: Readonly<Record<string, string>> | undefined;
  /**
   * @param source secrets for the call's own host
   * @param secretFor the same for any host
   */
  sent(source: SecretSource, secretFor: SecretForHost): SentCredentials;
}

/** What signatures are made from beside the body. */
export interface Signing {
  readonly clock: Clock;
  readonly idempotencyKey: string;
}

/** A literal credential is covered; one made of named secrets is shown by their names. */
export function coverText(text: SecretText): string {
  return text.some((part) => typeof part === 'object') ? shownText(text) : '***';
}

const nothing: Credentials = { shown: undefined, sent: () => ({ hidden: [] }) };

type Fields = Readonly<Record<string, unknown>>;
type ReadText = (name: string) => Promise<SecretText>;

function wordOf(fields: Fields, name: string, otherwise: string): string {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

async function basic(text: ReadText): Promise<Credentials> {
  const [username, password] = await Promise.all([text('username'), text('password')]);
  return {
    shown: { scheme: 'basic', username: shownText(username), password: coverText(password) },
    sent(source) {
      const secret = sentText(password, source);
      const pair = `${sentText(username, source)}:${secret}`;
      const encoded = Buffer.from(pair).toString('base64');
      return { headers: [['authorization', `Basic ${encoded}`]], hidden: [secret, pair, encoded] };
    },
  };
}

async function bearer(text: ReadText): Promise<Credentials> {
  const token = await text('token');
  return {
    shown: { scheme: 'bearer', token: coverText(token) },
    sent(source) {
      const secret = sentText(token, source);
      return { headers: [['authorization', `Bearer ${secret}`]], hidden: [secret] };
    },
  };
}

/** An API key goes where it would be looked for at an endpoint of ours (SPEC 5). */
async function apiKey(fields: Fields, text: ReadText): Promise<Credentials> {
  const name = wordOf(fields, 'name', 'x-api-key');
  const place = fields['in'] === 'query' ? 'query' : 'header';
  const key = await text('key');
  return { ...named(place, name, key), shown: { scheme: 'apiKey', in: place, name, key: coverText(key) } };
}

function named(scheme: 'header' | 'query', name: string, value: SecretText): Credentials {
  return {
    shown: { scheme, name, value: coverText(value) },
    sent(source) {
      const secret = sentText(value, source);
      const pairs = [[name, secret]] as const;
      return { ...(scheme === 'header' ? { headers: pairs } : { query: pairs }), hidden: [secret] };
    },
  };
}

async function oauth2(fields: Fields, renderer: Renderer): Promise<Credentials> {
  const { shown, plan } = await renderOAuth2(fields, renderer);
  return { shown, sent: (_source, secretFor) => ({ hidden: [], token: plan(secretFor) }) };
}

async function signature(fields: Fields, text: ReadText, signing: Signing): Promise<Credentials> {
  const secret = await text('secret');
  if (fields['scheme'] === 'standardwebhooks') {
    return {
      shown: { scheme: 'standardwebhooks', secret: coverText(secret) },
      sent(source) {
        const key = sentText(secret, source);
        return {
          hidden: [key],
          sign: (body) => signStandard(body, key, signing.idempotencyKey, signing.clock.now()),
        };
      },
    };
  }
  const rule = {
    algorithm: wordOf(fields, 'algorithm', 'sha256'),
    encoding: fields['encoding'] === 'base64' ? 'base64' : 'hex',
    name: wordOf(fields, 'name', 'X-Signature'),
    prefix: wordOf(fields, 'prefix', ''),
  } as const;
  return {
    shown: { scheme: 'hmac', name: rule.name, secret: coverText(secret) },
    sent(source) {
      const key = sentText(secret, source);
      return { hidden: [key], sign: (body) => signBody(body, key, rule) };
    },
  };
}

/** Renders the group `auth` of the config. */
export async function renderCredentials(
  auth: unknown,
  renderer: Renderer,
  signing: Signing,
): Promise<Credentials> {
  const fields: Fields = { ...(typeof auth === 'object' ? auth : {}) };
  const text: ReadText = (name) => renderSecretText(fields[name] ?? '', renderer);
  const { scheme } = fields;
  switch (scheme) {
    case 'basic':
      return basic(text);
    case 'bearer':
      return bearer(text);
    case 'apiKey':
      return apiKey(fields, text);
    case 'header':
    case 'query':
      return named(scheme, wordOf(fields, 'name', ''), await text('value'));
    case 'oauth2':
      return oauth2(fields, renderer);
    case 'hmac':
    case 'standardwebhooks':
      return signature(fields, text, signing);
    default:
      return nothing;
  }
}
