/**
 * A payload forwarded whole is sent with the digits it arrived with: parsing and writing JSON again would change
 * numbers a double can not hold (SPEC 4.9).
 */
import { readOwn } from '../../../shared/expression/plain-path.ts';

/** Name of the parameter that is the whole body (SPEC 6). */
const fullBodyName = 'fullBody';

/**
 * The JSON text of a rendered value that IS the run's payload, or its twin `trigger.data` with the query added.
 * Undefined for any other value.
 */
export function wholePayload(
  value: unknown,
  scope: Readonly<Record<string, unknown>>,
  payloadText: () => string | undefined,
): string | undefined {
  const { trigger, params } = scope;
  if (typeof trigger !== 'object' || trigger === null) return undefined;
  const payload = readOwn(trigger, 'payload');
  if (typeof value === 'number') return Object.is(payload, value) ? payloadText() : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (payload === value || (isFullBody(value, params) && isSame(value, payload))) return payloadText();
  if (readOwn(trigger, 'data') !== value || Array.isArray(value) || !('query' in trigger)) return undefined;
  const text = payloadText()?.trim();
  if (text === undefined || !text.endsWith('}')) return undefined;
  const inside = text.slice(1, -1).trim();
  return `{${inside}${inside === '' ? '' : ','}"_query":${JSON.stringify(trigger.query)}}`;
}

function isFullBody(value: object, params: unknown): boolean {
  return typeof params === 'object' && params !== null && readOwn(params, fullBodyName) === value;
}

/** A parameter that was merely named like it may hold anything. */
function isSame(value: object, payload: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(payload);
}
