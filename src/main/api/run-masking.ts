/**
 * What a webhook step received, for showing with its run: credentials in its headers and query are blotted out, as they
 * are in the request itself (RELIABILITY 5). Steps of the run see them as sent.
 */
import type { RunView } from '../../shared/contract/views.ts';
import { maskHeaders, maskQuery, noSecrets } from './masking.ts';

type Pairs = ReadonlyArray<readonly [string, string]>;

/** Blots values of an object of texts, or of lists of texts. */
function maskTexts(texts: unknown, mask: (pairs: Pairs) => [string, string][]): unknown {
  if (typeof texts !== 'object' || texts === null) return texts;
  const entries = Object.entries(texts).map(([name, value]): [string, unknown] => {
    const masked = (text: unknown): unknown =>
      typeof text === 'string' ? (mask([[name, text]])[0]?.[1] ?? text) : text;
    return [name, Array.isArray(value) ? value.map(masked) : masked(value)];
  });
  return Object.fromEntries(entries);
}

function maskReceived(output: unknown): unknown {
  if (typeof output !== 'object' || output === null || !('headers' in output) || !('query' in output))
    return output;
  return {
    ...output,
    headers: maskTexts(output.headers, (pairs) => maskHeaders(pairs, noSecrets)),
    query: maskTexts(output.query, (pairs) => maskQuery(pairs, noSecrets)),
  };
}

/** A run with the credentials its webhook steps received blotted out. */
export function maskRun(run: RunView): RunView {
  const steps = run.steps.map((step) =>
    step.type === 'webhook' ? { ...step, output: maskReceived(step.output) } : step,
  );
  const last = run.steps.findIndex((step) => step.type === 'webhook' && step.output === run.output);
  return { ...run, steps, output: last < 0 ? run.output : (steps[last]?.output ?? null) };
}
