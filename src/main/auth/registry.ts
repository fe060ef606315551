/**
 * Every authentication scheme, in the order the forms offer them, and how settings of a document become a scheme with
 * checked settings. A new scheme is one file and one line here.
 */
import type { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { defaultsOf, validatorOf, type Field } from '../../shared/fields.ts';
import { authFieldsOf } from '../../shared/model/catalog.ts';
import { formatPath } from '../../shared/model/document.ts';
import type { AuthSettings } from '../../shared/model/endpoint.ts';
import { apiKey } from './api-key.ts';
import { appSign } from './app-sign.ts';
import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { hmac } from './hmac.ts';
import { jwt } from './jwt.ts';
import { keyPair } from './key-pair.ts';
import { none } from './none.ts';
import { findProvider, providerScheme } from './provider-scheme.ts';
import type { Provider } from './providers/provider.ts';
import { providerRegistry } from './providers/registry.ts';
import type { AuthScheme } from './scheme.ts';

/** The registry; scheme names are unique. */
export const authRegistry: readonly AuthScheme[] = [
  none,
  apiKey,
  keyPair,
  basic,
  bearer,
  jwt,
  hmac,
  providerScheme,
  appSign,
];

const byName = new Map(authRegistry.map((scheme) => [scheme.definition.scheme, scheme]));
if (byName.size !== authRegistry.length) throw new Error('Two authentication schemes have one name.');

const validators = new Map<AuthScheme, ReturnType<typeof validatorOf>>();

const definitions = {
  auth: authRegistry.map((scheme) => scheme.definition),
  providers: providerRegistry.map((provider) => provider.definition),
};

/** A scheme with its settings checked and its defaults filled in. */
export interface ResolvedAuth {
  readonly scheme: AuthScheme;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The sender, where the scheme is `provider`. */
  readonly provider?: Provider;
}

/** The settings auth can have beside `scheme` and `provider`; none where nobody knows the scheme or the sender. */
export function fieldsOfAuth(auth: AuthSettings): readonly Field[] {
  return authFieldsOf(definitions, auth);
}

/** A fault of auth settings; `isUnfinished`: a draft may be kept with it. */
export interface AuthIssue {
  readonly path: string;
  readonly message: string;
  readonly isUnfinished?: true;
}

/**
 * Reads auth settings as they stand in a document.
 * @throws AppError `invalid` with `details.issues`: AuthIssue[] when the scheme or the provider is unknown, or a setting is
 * not valid
 */
export function resolveAuth(auth: AuthSettings): ResolvedAuth {
  const { scheme: name, ...rest } = auth;
  const listed = byName.get(name);
  if (listed === undefined) {
    throw invalid([{ path: 'scheme', message: `There is no authentication scheme "${name}".` }]);
  }
  if (listed !== providerScheme) return { scheme: listed, settings: readSettings(listed, rest) };
  const { provider: chosen, ...given } = rest;
  const found = findProvider(chosen);
  if (found !== undefined) return { ...found, settings: readSettings(found.scheme, given) };
  throw invalid([
    chosen === undefined || chosen === ''
      ? { path: 'provider', message: 'Choose the sender.', isUnfinished: true }
      : { path: 'provider', message: 'There is no sender of this name.' },
  ]);
}

function readSettings(
  scheme: AuthScheme,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { fields } = scheme.definition;
  const validator = validators.get(scheme) ?? validatorOf(fields);
  validators.set(scheme, validator);
  const parsed = validator.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error.issues.flatMap((issue) => issuesOf(issue, given)));
  const settings = { ...defaultsOf(fields), ...parsed.data };
  const issues = scheme.check?.(settings) ?? [];
  if (issues.length > 0) throw invalid(issues);
  return settings;
}

function issuesOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): readonly AuthIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: 'This setting is not known.',
    }));
  }
  const path = formatPath(issue.path);
  const value = given[String(issue.path[0])];
  return value === undefined || value === ''
    ? [{ path, message: 'This is needed.', isUnfinished: true }]
    : [{ path, message: issue.message }];
}

function invalid(issues: readonly AuthIssue[]): AppError {
  const [first] = issues;
  return new AppError({
    code: 'invalid',
    message: issues.length === 1 ? first?.message : 'The authentication settings are not valid.',
    details: { issues },
  });
}
