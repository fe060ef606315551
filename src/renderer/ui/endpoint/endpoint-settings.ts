/** Settings of an endpoint as forms work on them: plain values, some of them not valid yet. */
import type { Catalog } from '../../../shared/model/catalog.ts';
import type { AuthSettings, EndpointSettings } from '../../../shared/model/endpoint.ts';

export type Values = Readonly<Record<string, unknown>>;

/** The auth of an endpoint: its own, else what its style begins with. */
export function authOf(config: Partial<EndpointSettings>, catalog: Catalog): AuthSettings {
  const style = catalog.styles.find((entry) => entry.style === config.style);
  return config.auth ?? style?.defaultAuth ?? { scheme: 'none' };
}

/** Changes settings; one that becomes undefined is taken out. */
export function changeValues(values: Values, change: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...values, ...change }).filter(([, value]) => value !== undefined),
  );
}
