/** How `hookyard test` tells what it found: a line for each case, what differs in plain words, or one JSON object. */
import type { CaseDifference } from './test-compare.ts';

/** One case that was run, or could not be. */
export interface CaseReport {
  /** From the folder on. */
  readonly file: string;
  readonly name: string | null;
  /** `updated`: it differed, and the file was written anew. `broken`: the file is no case. */
  readonly status: 'passed' | 'failed' | 'updated' | 'broken';
  readonly ms: number;
  readonly differences: readonly CaseDifference[];
  /** Why it could not be played or read. */
  readonly message: string | null;
}

/** Characters of a value. */
const longestShown = 300;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** A difference as a sentence. */
function sentenceOf({ where, path, expected, got }: CaseDifference): string {
  return `${where}: ${path}: expected ${shown(expected)}, got ${shown(got)}`;
}

const words = { passed: 'ok     ', failed: 'FAILED ', updated: 'updated', broken: 'BROKEN ' } as const;

/** The lines of one case. */
export function linesOf({ file, name, status, ms, differences, message }: CaseReport): readonly string[] {
  const title = name === null ? file : `${file}  ${name}`;
  const details = [...(message === null ? [] : [message]), ...differences.map(sentenceOf)];
  return [
    `${words[status]}  ${title} (${Math.round(ms)} ms)`,
    ...(status === 'updated' ? [] : details.map((line) => `           ${line}`)),
  ];
}

function count(reports: readonly CaseReport[], status: CaseReport['status']): number {
  return reports.filter((report) => report.status === status).length;
}

/** The last line. */
export function summaryOf(reports: readonly CaseReport[], ms: number): string {
  const parts = (['passed', 'updated', 'failed', 'broken'] as const)
    .map((status) => [count(reports, status), status] as const)
    .filter(([number, status]) => number > 0 || status === 'passed')
    .map(([number, status]) => `${number} ${status}`);
  return `${parts.join(', ')} in ${(ms / 1_000).toFixed(1)} s`;
}

/** The same for programs. */
export function jsonOf(reports: readonly CaseReport[], ms: number): string {
  return JSON.stringify({
    passed: count(reports, 'passed'),
    updated: count(reports, 'updated'),
    failed: count(reports, 'failed'),
    broken: count(reports, 'broken'),
    ms: Math.round(ms),
    cases: reports.map((report) => ({
      ...report,
      ms: Math.round(report.ms),
      differences: report.differences.map((one) => ({ ...one, sentence: sentenceOf(one) })),
    })),
  });
}
