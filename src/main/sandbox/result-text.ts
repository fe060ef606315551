/**
 * Turns what an expression gave into JSON text, refusing what is not JSON or too large. The value is measured before it
 * is written: lists that hold one another many times over would otherwise grow without end.
 */
import { SandboxFailure } from './failure.ts';
import { MAX_RESULT_BYTES } from './protocol.ts';

/** JSON nested deeper than this is refused; far above what a request may bring (SPEC 12: 100). */
const MAX_DEPTH = 500;

function tooLarge(): SandboxFailure {
  return new SandboxFailure('sandbox_limit', 'The result is larger than 4 MiB');
}

/** Counts at least one byte for all that JSON would write; throws as soon as the limit is passed. */
function measure(value: unknown, depth: number, spent: number): number {
  let bytes = spent + 1;
  if (bytes > MAX_RESULT_BYTES) throw tooLarge();
  if (typeof value === 'string') return bytes + value.length;
  if (typeof value === 'function') {
    throw new SandboxFailure('expression_failed', 'The result holds a function, which is no value');
  }
  if (typeof value !== 'object' || value === null) return bytes;
  if (depth === MAX_DEPTH) {
    throw new SandboxFailure('sandbox_limit', `The result is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (Array.isArray(value)) {
    for (const item of value) bytes = measure(item, depth + 1, bytes);
    return bytes;
  }
  for (const [key, item] of Object.entries(value)) bytes = measure(item, depth + 1, bytes + key.length + 3);
  return bytes;
}

/**
 * The JSON of a result, or null for no value. Extra properties of JSONata's sequences are left behind.
 * @throws SandboxFailure `sandbox_limit` above 4 MiB or 500 levels, `expression_failed` for a function.
 */
export function toResultText(value: unknown): string | null {
  measure(value, 0, 0);
  const text = JSON.stringify(value) ?? null;
  if (text !== null && Buffer.byteLength(text) > MAX_RESULT_BYTES) throw tooLarge();
  return text;
}
