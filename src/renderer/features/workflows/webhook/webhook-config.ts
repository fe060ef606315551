/** A webhook step's config read for its dialog: settings that are not valid yet are left to the problems list. */
import { type Style, type WebhookConfig, webhookConfigSchema } from '../../../../shared/model/endpoint.ts';

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
  'handshake',
  'strictJson',
  'senderDeadlineSeconds',
  'parameters',
  'fullBody',
  'filter',
  'response',
] as const;
