/**
 * The scheme `provider` (SPEC 5): its one setting of its own names a sender of the registry, and from then on that sender's
 * fields and formula are the scheme.
 */
import { AppError } from '../../shared/errors.ts';
import type { Provider } from './providers/provider.ts';
import { providerRegistry } from './providers/registry.ts';
import type { AuthScheme } from './scheme.ts';

/** What the catalog shows; a document without a sender can not be judged by it. */
export const providerScheme: AuthScheme = {
  definition: {
    scheme: 'provider',
    title: 'Known sender',
    description:
      'The request comes from a service whose way of signing is known: GitHub, Stripe, Slack and others.',
    fields: [
      {
        name: 'provider',
        label: 'Sender',
        kind: 'select',
        required: true,
        options: providerRegistry.map(({ definition: { provider, title } }) => ({
          value: provider,
          label: title,
        })),
      },
    ],
  },
  verify() {
    throw new AppError({ code: 'endpoint_misconfigured', reason: 'No sender is chosen.' });
  },
};

const schemes = new Map(
  providerRegistry.map((provider) => [
    provider.definition.provider,
    { provider, scheme: schemeOf(provider) },
  ]),
);
if (schemes.size !== providerRegistry.length) throw new Error('Two providers have one name.');

/** A sender of this name, and the scheme that judges its requests. */
export function findProvider(
  name: unknown,
): { readonly provider: Provider; readonly scheme: AuthScheme } | undefined {
  return typeof name === 'string' ? schemes.get(name) : undefined;
}

function schemeOf(provider: Provider): AuthScheme {
  const { definition, presents } = provider;
  const { title, description, fields } = definition;
  return {
    definition: { scheme: 'provider', title, description, fields },
    verify: (check) => provider.verify(check),
    ...(provider.sign === undefined
      ? {}
      : { sign: (input) => provider.sign?.(input) ?? { headers: {}, query: {} } }),
    ...(presents === undefined ? {} : { presents: () => presents }),
    ...(provider.needs === undefined ? {} : { needs: (settings) => provider.needs?.(settings) ?? [] }),
    ...(provider.check === undefined ? {} : { check: (settings) => provider.check?.(settings) ?? [] }),
  };
}
