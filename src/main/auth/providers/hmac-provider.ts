/**
 * Providers that sign with a shared secret. They differ in a header, an encoding, what is joined with the body and how
 * the time is written, so each is a definition and a rule as data, and the judging is written once.
 */
import type { Field } from '../../../shared/fields.ts';
import type { ProviderDefinition } from '../../../shared/model/catalog.ts';
import { signHmac, verifyHmac, type HmacRule } from '../hmac-rule.ts';
import { textSetting, type AuthCheck } from '../scheme.ts';
import { bodyText } from './body-text.ts';
import { headerOf } from './delivery-header.ts';
import { toleranceMs } from './fields.ts';
import type { Provider } from './provider.ts';

/** The usual: hex SHA-256 of the body, alone in its header. */
export const usualRule = { algorithm: 'sha256', encoding: 'hex', prefix: '', signed: '{body}' } as const;

/** Where a delivery's id is: a header, or a path into the JSON body. */
type IdPlace = { readonly header: string } | { readonly body: readonly string[] };

/** A provider of this rule; `more` adds the place of the delivery's id, a handshake, or replaces what a rule can not say. */
export function hmacProvider(
  definition: ProviderDefinition,
  rule: HmacRule,
  { id, ...more }: Partial<Provider> & { readonly id?: IdPlace } = {},
): Provider {
  return {
    definition,
    verify: (check) => verifyHmac(check, withSettings(rule, check.settings)),
    sign: (input) => signHmac(input, withSettings(rule, input.settings)),
    ...(id === undefined ? {} : { deliveryId: (check) => idAt(id, check) }),
    ...more,
  };
}

/** A rule with what the person settled: the tolerance, and the URL as the sender knows it. */
export function withSettings(rule: HmacRule, settings: AuthCheck['settings']): HmacRule {
  const url = textSetting(settings, 'notificationUrl', '');
  const { timestamp } = rule;
  return {
    ...rule,
    ...(url === '' ? {} : { url }),
    ...(timestamp === undefined
      ? {}
      : { timestamp: { ...timestamp, toleranceMs: toleranceMs(settings, timestamp.toleranceMs / 1_000) } }),
  };
}

function idAt(place: IdPlace, check: AuthCheck): string | undefined {
  return 'body' in place ? bodyText(check, place.body) : headerOf(check, place.header);
}

/** The setting of providers that sign their own spelling of the URL, for where it can not be known from the request. */
export const notificationUrlField: Field = {
  name: 'notificationUrl',
  label: 'URL as the sender knows it',
  kind: 'text',
  maxLength: 2_000,
  pattern: '^(https?://.*)?$',
  help: 'The URL is part of the signature. Left empty, the public address and the host the call named are tried.',
};
