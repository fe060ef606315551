/** A webhook step's config read for its dialog: settings that are not valid yet are left to the problems list. */
import type { Catalog } from '../../../../shared/model/catalog.ts';
import {
  type AuthSettings,
  type Style,
  type WebhookConfig,
  webhookConfigSchema,
} from '../../../../shared/model/endpoint.ts';

type Values = Readonly<Record<string, unknown>>;

/** What is valid of a config, setting by setting. */
export function readWebhookConfig(config: Values): Partial<WebhookConfig> & { readonly style: Style } {
  const valid = Object.entries(webhookConfigSchema.shape).flatMap(([name, schema]): [string, unknown][] => {
    if (!Object.hasOwn(config, name)) return [];
    return schema.safeParse(config[name]).success ? [[name, config[name]]] : [];
  });
  const verdict = webhookConfigSchema.safeParse(Object.fromEntries(valid));
  return verdict.success ? verdict.data : { style: 'native' };
}

/** The auth of a config: its own, else what its style begins with. */
export function authOf(config: Partial<WebhookConfig>, catalog: Catalog): AuthSettings {
  const style = catalog.styles.find((entry) => entry.style === config.style);
  return config.auth ?? style?.defaultAuth ?? { scheme: 'none' };
}

/** Changes settings of a config; a setting that becomes undefined is taken out. */
export function changeConfig(config: Values, change: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...config, ...change }).filter(([, value]) => value !== undefined),
  );
}

/** Settings that belong to the endpoint, not to the step: they stand at the shared source when one is chosen. */
export const endpointSettings = [
  'style',
  'slug',
  'auth',
  'methods',
  'ipAllow',
  'rateLimit',
  'cors',
  'maxBodyBytes',
  'dedupe',
  'parameters',
  'fullBody',
  'filter',
  'response',
] as const;
