/**
 * Every authentication scheme, in the order the forms offer them, and how settings of a document become a scheme with
 * checked settings. A new scheme is one file and one line here.
 */
import { AppError } from '../../shared/errors.ts';
import { defaultsOf, validatorOf } from '../../shared/fields.ts';
import { formatPath } from '../../shared/model/document.ts';
import type { AuthSettings } from '../../shared/model/endpoint.ts';
import { apiKey } from './api-key.ts';
import { appSign } from './app-sign.ts';
import { hmac } from './hmac.ts';
import { keyPair } from './key-pair.ts';
import { none } from './none.ts';
import type { AuthScheme } from './scheme.ts';

/** The registry; scheme names are unique. */
export const authRegistry: readonly AuthScheme[] = [none, apiKey, keyPair, hmac, appSign];

const byName = new Map(authRegistry.map((scheme) => [scheme.definition.scheme, scheme]));
if (byName.size !== authRegistry.length) throw new Error('Two authentication schemes have one name.');

const validators = new Map(authRegistry.map((scheme) => [scheme, validatorOf(scheme.definition.fields)]));

/** A scheme with its settings checked and its defaults filled in. */
export interface ResolvedAuth {
  readonly scheme: AuthScheme;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads auth settings as they stand in a document.
 * @throws AppError `invalid` with `details.issues` when the scheme is unknown or a setting is not valid.
 */
export function resolveAuth(auth: AuthSettings): ResolvedAuth {
  const scheme = byName.get(auth.scheme);
  if (scheme === undefined) {
    const issues = [{ path: 'scheme', message: `There is no authentication scheme "${auth.scheme}".` }];
    throw new AppError({ code: 'invalid', message: issues[0]?.message, details: { issues } });
  }
  const { scheme: _name, ...given } = auth;
  const parsed = validators.get(scheme)?.safeParse(given);
  if (!parsed?.success) {
    const issues = (parsed?.error.issues ?? []).flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            path: formatPath([...issue.path, key]),
            message: 'This setting is not known.',
          }))
        : [{ path: formatPath(issue.path), message: issue.message }],
    );
    throw new AppError({
      code: 'invalid',
      message: 'The authentication settings are not valid.',
      details: { issues },
    });
  }
  return { scheme, settings: { ...defaultsOf(scheme.definition.fields), ...parsed.data } };
}
