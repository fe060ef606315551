/** Bodies of senders that write into them how often they tried: what is left is the same on every try. */
import type { AuthCheck } from '../scheme.ts';

/** A body's JSON without these names at its top; the bytes where it is no JSON object. */
export function deliveryBodyWithout(names: readonly string[]): (check: AuthCheck) => string | Uint8Array {
  return ({ raw, bodyJson }) => {
    const value = bodyJson?.();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return raw.body;
    return JSON.stringify(Object.entries(value).filter(([name]) => !names.includes(name)));
  };
}
