/**
 * Notices how a request differs from the sample of its endpoint, once it was answered: an endpoint with a sample costs its
 * callers nothing. Large bodies and busy moments are left out; whoever opens a request sees its drift whatever was noticed.
 */
import type { Exchange } from '../exchange.ts';
import { countDrift, driftBetween } from './drift.ts';
import { readSampleShape } from './read-sample.ts';

/** Bytes of a body that is compared as it comes. */
const mostBytes = 65_536;

/** Fields that differ; null when none does, or nobody looked. */
export function noticeDrift({ route, payload, query, decoded }: Exchange): number | null {
  const { shape, rules } = route?.sample ?? {};
  if (shape === undefined || shape === null || rules === undefined || payload === undefined) return null;
  if (decoded.byteLength > mostBytes) return null;
  const { value, isTyped } = payload;
  const count = countDrift(driftBetween(shape, readSampleShape({ payload: value, isTyped, query }, rules)));
  return count === 0 ? null : count;
}
