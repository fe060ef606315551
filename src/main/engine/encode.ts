/** How values become what the store keeps of a step: JSON within the limits of SPEC 12. */
import { AppError } from '../../shared/errors.ts';
import type { LogLine, RunError } from '../../shared/model/run.ts';

/** Bytes of an output: 4 MiB (SPEC 12). */
export const longestOutput = 4_194_304;
const longestInput = 262_144;
const longestDetails = 65_536;
const longestMessage = 4_000;
const mostLines = 1_000;
const longestLogs = 262_144;

function isLonger(json: string, bytes: number): boolean {
  if (json.length > bytes) return true;
  return json.length * 3 > bytes && Buffer.byteLength(json) > bytes;
}

/**
 * The JSON text of an output; null for none.
 * @throws AppError `output_too_large`; `step_failed` when it is no JSON (nested too deep, circular).
 */
export function encodeOutput(output: unknown): string | null {
  let json: string | undefined;
  try {
    json = JSON.stringify(output);
  } catch (thrown) {
    throw new AppError({
      code: 'step_failed',
      message: 'The output can not be written as JSON.',
      cause: thrown,
    });
  }
  if (json === undefined) return null;
  if (isLonger(json, longestOutput)) throw new AppError({ code: 'output_too_large' });
  return json;
}

/** The JSON text of a resolved config to show; one that is too long is told by its size. */
export function encodeInput(input: unknown): string | null {
  if (input === undefined || input === null) return null;
  try {
    const json = JSON.stringify(input);
    if (json === undefined || !isLonger(json, longestInput)) return json ?? null;
    return JSON.stringify({ tooLarge: true, bytes: Buffer.byteLength(json) });
  } catch {
    return null;
  }
}

/** What a run keeps of an error: no reason meant for the log, no hints meant for the engine. */
export function toRunError(error: AppError, nodeId: string): RunError {
  const {
    retryable: _retryable,
    retryAfterMs: _retryAfterMs,
    sent: _sent,
    console: _console,
    ...details
  } = error.details;
  const kept = encodeInput(details);
  return {
    code: error.code,
    message: error.message.slice(0, longestMessage),
    nodeId,
    ...(kept === null || kept === '{}' || kept.length > longestDetails ? {} : { details }),
  };
}

/** Keeps as many lines as a step may; says so where some are left out. */
export function limitLogs(lines: readonly LogLine[]): readonly LogLine[] {
  let left = longestLogs;
  const kept: LogLine[] = [];
  for (const line of lines) {
    left -= line.text.length + 16;
    if (left < 0 || kept.length === mostLines) {
      kept.push({ level: 'warn', text: `${lines.length - kept.length} more lines are left out.` });
      break;
    }
    kept.push(line);
  }
  return kept;
}
