/**
 * A payload forwarded whole is sent with the digits it arrived with: parsing and writing JSON again would change
 * numbers a double can not hold (SPEC 4.9).
 */

/**
 * The JSON text of a rendered value that IS the run's payload, or its twin `trigger.data` with the query added.
 * Undefined for any other value.
 */
export function wholePayload(
  value: unknown,
  scope: Readonly<Record<string, unknown>>,
  payloadText: () => string | undefined,
): string | undefined {
  const { trigger } = scope;
  if (typeof value !== 'object' || value === null || typeof trigger !== 'object' || trigger === null)
    return undefined;
  if ('payload' in trigger && trigger.payload === value) return payloadText();
  if (!('data' in trigger) || trigger.data !== value || Array.isArray(value) || !('query' in trigger))
    return undefined;
  const text = payloadText()?.trim();
  if (text === undefined || !text.endsWith('}')) return undefined;
  const inside = text.slice(1, -1).trim();
  return `{${inside}${inside === '' ? '' : ','}"_query":${JSON.stringify(trigger.query)}}`;
}
