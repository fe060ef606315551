/**
 * What a caller of an endpoint has to show, as OpenAPI security schemes: where the words of OpenAPI end, at signatures, the
 * formula stands in the description. The names of headers and parameters are those the scheme's own signer writes.
 */
import type { ProviderDefinition } from '../../shared/model/catalog.ts';
import type { EndpointSettings } from '../../shared/model/endpoint.ts';
import type { ResolvedAuth } from '../auth/registry.ts';
import { textSetting } from '../auth/scheme.ts';
import type { EndpointRow } from '../store/types.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { resolvedOrNothing } from './health/exposure.ts';
import type { ApiParts } from './parts.ts';

/** A part of an OpenAPI document; tools read it as JSON, nothing here does. */
export type Json = Readonly<Record<string, unknown>>;

/** The fields of a value that is an object; of any other none. */
export function fieldsIn(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What callers show. */
export interface WebhookSecurity {
  /** Named security schemes, all of them needed together; none: anyone may call. */
  readonly schemes: readonly (readonly [string, Json])[];
  /** How it is made, in a sentence or two. */
  readonly sentence: string;
  /** The sender, where it is a known one: it names its deliveries itself. */
  readonly provider?: ProviderDefinition | undefined;
  /** Whether a person can fill it in by hand: keys and passwords, but no signatures. */
  readonly isTypeable: boolean;
}

const typeable: ReadonlySet<string> = new Set(['none', 'apiKey', 'keyPair', 'basic', 'bearer', 'jwt']);

/** The security of an endpoint. */
export function securityOf(
  parts: ApiParts,
  { id }: EndpointRow,
  settings: EndpointSettings,
): WebhookSecurity {
  const auth = resolvedOrNothing(settings);
  if (auth === undefined) {
    return {
      schemes: [],
      sentence: 'Its authentication can not be used: every call is answered 503.',
      isTypeable: false,
    };
  }
  const { scheme } = auth.scheme.definition;
  const sentence = sentenceOf(auth);
  const isTypeable = typeable.has(scheme);
  const http = httpSchemeOf(scheme);
  if (http !== undefined)
    return { schemes: [[`${id}-${scheme}`, { ...http, description: sentence }]], sentence, isTypeable };
  const schemes = placesOf(parts, id, auth).map(({ place, name }): readonly [string, Json] => [
    `${id}-${name.replace(/[^\w.-]/g, '-')}`,
    { type: 'apiKey', in: place, name, description: sentence },
  ]);
  return { schemes, sentence, isTypeable, provider: auth.provider?.definition };
}

function httpSchemeOf(scheme: string): Json | undefined {
  if (scheme === 'basic') return { type: 'http', scheme: 'basic' };
  if (scheme === 'bearer') return { type: 'http', scheme: 'bearer' };
  return scheme === 'jwt' ? { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } : undefined;
}

interface Place {
  readonly place: 'header' | 'query';
  readonly name: string;
}

/** Where the proof stands: as the signer writes it, or, where only the sender can sign, as its formula names it. */
function placesOf(parts: ApiParts, endpointId: string, auth: ResolvedAuth): readonly Place[] {
  const { scheme, provider, settings } = auth;
  if (scheme.definition.scheme === 'none') return [];
  try {
    const signed = scheme.sign?.({
      method: 'POST',
      url: 'http://localhost/',
      contentType: 'application/json',
      body: Buffer.from('{}'),
      secrets: openSecrets(parts, endpointId),
      settings,
      now: parts.clock.now(),
    });
    if (signed !== undefined) {
      return [
        ...Object.keys(signed.headers).map((name): Place => ({ place: 'header', name })),
        ...Object.keys(signed.query).map((name): Place => ({ place: 'query', name })),
      ];
    }
  } catch {
    // A secret that is missing or of the wrong form: the formula tells.
  }
  const told = provider?.definition.formula.match(/\b[A-Za-z]+(?:-[A-Za-z0-9]+)+\b/g) ?? [];
  const shown = scheme.presents?.(settings) ?? { headers: [], query: [] };
  const headers = [...shown.headers, ...told.filter((name) => /signature|token|sig$/i.test(name))];
  return [
    ...[...new Set(headers)].map((name): Place => ({ place: 'header', name })),
    ...shown.query.map((name): Place => ({ place: 'query', name })),
  ];
}

function sentenceOf({ scheme, provider, settings }: ResolvedAuth): string {
  if (provider !== undefined) return `Sent by ${provider.definition.title}: ${provider.definition.formula}`;
  switch (scheme.definition.scheme) {
    case 'none':
      return 'Anyone who knows the URL may call.';
    case 'hmac':
      return hmacFormula(settings);
    case 'appSign':
      return 'Sign = base64(hex(sha256("AppKey=…&SecretKey=…&Timestamp=…"))), Timestamp in milliseconds and at most 5 minutes from now; in the query, the body or headers.';
    default:
      return scheme.definition.description;
  }
}

/** The formula of the scheme `hmac` as it is set, e.g. for a caller's developer. */
function hmacFormula(settings: Readonly<Record<string, unknown>>): string {
  const algorithm = textSetting(settings, 'algorithm', 'sha256');
  const signed = textSetting(settings, 'signed', '{body}');
  const prefix = textSetting(settings, 'prefix', '');
  const what = signed === '{body}' ? 'the exact bytes of the body' : `\`${signed}\``;
  const form = `${textSetting(settings, 'encoding', 'hex')}${prefix === '' ? '' : `, with \`${prefix}\` before it`}`;
  const header = textSetting(settings, 'header', 'X-Webhook-Signature');
  const timestampHeader = textSetting(settings, 'timestampHeader', '');
  const isTimed = timestampHeader !== '' || signed.includes('{timestamp}');
  const { toleranceSeconds } = settings;
  const tolerance = typeof toleranceSeconds === 'number' ? toleranceSeconds : 300;
  const time = isTimed
    ? ` {timestamp} is the Unix time in seconds in ${timestampHeader === '' ? 'X-Webhook-Timestamp' : timestampHeader}, at most ${tolerance} s from now.`
    : '';
  return `HMAC-${algorithm.toUpperCase().replace('SHA', 'SHA-')} of ${what} with the shared secret, in ${form}, in ${header}.${time}`;
}
