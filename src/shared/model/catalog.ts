/**
 * Definitions as plain data: what a step kind, auth scheme or style is, so the renderer draws palette cards and forms
 * from them and a new kind needs no renderer change.
 */
import type { Field } from '../fields.ts';

/** The groups of the step palette, in the order shown. */
export const stepGroups = ['Start', 'Logic', 'Data', 'Actions', 'Flow'] as const;
export type StepGroup = (typeof stepGroups)[number];

/** How edges may leave a step: by one ordinary outlet, by fixed names, or by one per case and `default`. */
export type Outlets =
  | { readonly kind: 'one' }
  | { readonly kind: 'none' }
  | { readonly kind: 'named'; readonly ports: readonly string[] }
  | { readonly kind: 'cases'; readonly field: string };

export interface StepDefinition {
  readonly kind: string;
  readonly title: string;
  readonly group: StepGroup;
  /** Name of a Tabler icon without the `Icon` prefix, e.g. `Webhook`. */
  readonly icon: string;
  readonly description: string;
  readonly fields: readonly Field[];
  readonly outlets: Outlets;
  /** `only`: never has an incoming edge; `may`: start or not; `never`: always after another step. */
  readonly start: 'only' | 'may' | 'never';
  /** `outward`: acts on the world, so its attempt is committed before it acts (SPEC 9). */
  readonly effect: 'none' | 'outward';
  /** It waits for somebody: its `timeoutSeconds` bounds the wait, and opens the outlet `timeout`. */
  readonly waits?: boolean;
  /** Sentence with `{field}` slots that says what a configured step does, e.g. `{method} {url}`. */
  readonly summary: string;
}

export interface AuthDefinition {
  readonly scheme: string;
  readonly title: string;
  readonly description: string;
  readonly fields: readonly Field[];
}

/** A sender of webhooks that is known by name (SPEC 5, `provider`). */
export interface ProviderDefinition {
  readonly provider: string;
  readonly title: string;
  /** Where in the sender's own product the URL and the secret are entered, in a sentence or two. */
  readonly description: string;
  /** What is signed and how, in one sentence for people, e.g. "HMAC-SHA256 of the body, hex, in X-Hub-Signature-256". */
  readonly formula: string;
  readonly fields: readonly Field[];
  /** How long the sender waits for an answer, in ms; null where it does not say. */
  readonly deadlineMs: number | null;
  /** Whether a genuine request can be sent again later and start anew: neither a time nor an id is signed with it. */
  readonly replayable: boolean;
  /** What the handshake asks, in a sentence; null where the sender has none. */
  readonly handshake: string | null;
}

export interface StyleDefinition {
  readonly style: string;
  readonly title: string;
  readonly description: string;
  /** URL pattern for people, e.g. `POST /webhooks/workflows/{slug}`. */
  readonly urlPattern: string;
  readonly methods: readonly string[];
  /** Auth a new endpoint of this style begins with. */
  readonly defaultAuth: { readonly scheme: string } & Readonly<Record<string, unknown>>;
}

export interface Catalog {
  readonly steps: readonly StepDefinition[];
  readonly auth: readonly AuthDefinition[];
  readonly providers: readonly ProviderDefinition[];
  readonly styles: readonly StyleDefinition[];
}

/**
 * The settings of an endpoint's auth beside `scheme` (and `provider`): those of the scheme, for a known sender its own.
 * A scheme or sender nobody knows has none.
 */
export function authFieldsOf(
  { auth, providers }: Pick<Catalog, 'auth' | 'providers'>,
  settings: Readonly<Record<string, unknown>>,
): readonly Field[] {
  const known =
    settings['scheme'] === 'provider'
      ? providers.find(({ provider }) => provider === settings['provider'])
      : auth.find(({ scheme }) => scheme === settings['scheme']);
  return known?.fields ?? [];
}

/**
 * The ports edges may use on a configured step, in drawing order; `timeout` joins when it waits for somebody for a
 * limited time, `error` when failures leave by a port.
 */
export function portsOf(
  definition: StepDefinition,
  config: Readonly<Record<string, unknown>>,
): readonly string[] {
  const isWait = definition.waits === true || config['waitWhenReached'] === true;
  const waits = isWait && config['timeoutSeconds'] !== undefined;
  const ports = [...ordinaryPorts(definition.outlets, config), ...(waits ? ['timeout'] : [])];
  return config['onError'] === 'port' ? [...ports, 'error'] : ports;
}

/** The name of the outlet an edge without `port` leaves by. */
export const ordinaryPort = 'out';

function ordinaryPorts(outlets: Outlets, config: Readonly<Record<string, unknown>>): readonly string[] {
  switch (outlets.kind) {
    case 'one':
      return [ordinaryPort];
    case 'none':
      return [];
    case 'named':
      return outlets.ports;
    case 'cases': {
      const cases = config[outlets.field];
      const names = Array.isArray(cases) ? cases.filter((name) => typeof name !== 'object').map(String) : [];
      return [...names, 'default'];
    }
  }
}
