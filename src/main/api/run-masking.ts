/**
 * What a webhook step received, for showing with its run: credentials in its headers and query are blotted out, as they
 * are in the request itself (RELIABILITY 5). Steps of the run see them as sent.
 */
import type { RunView } from '../../shared/contract/views.ts';
import { type KnownSecrets, maskData, maskHeaders, maskQuery, maskText } from './masking.ts';

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

/** What a request brought: its headers and query with credentials blotted out; anything else as it is. */
export function maskReceived(output: unknown, known: KnownSecrets): unknown {
  if (typeof output !== 'object' || output === null || !('headers' in output) || !('query' in output))
    return output;
  return {
    ...output,
    headers: maskTexts(output.headers, (pairs) => maskHeaders(pairs, known)),
    query: maskTexts(output.query, (pairs) => maskQuery(pairs, known)),
  };
}

/**
 * A run with the credentials its webhook steps received blotted out, and the secrets of its endpoints (`known`)
 * wherever a step carried them on.
 */
export function maskRun(run: RunView, known: KnownSecrets): RunView {
  const steps = run.steps.map((step) => {
    const output = step.type === 'webhook' ? maskReceived(step.output, known) : step.output;
    return {
      ...step,
      input: maskData(step.input, known),
      output: maskData(output, known),
      logs: step.logs.map((line) => ({ ...line, text: maskText(line.text, known) })),
    };
  });
  const last = run.steps.findIndex((step) => step.type === 'webhook' && step.output === run.output);
  return {
    ...run,
    steps,
    input: maskData(run.input, known),
    output: last < 0 ? maskData(run.output, known) : (steps[last]?.output ?? null),
  };
}
