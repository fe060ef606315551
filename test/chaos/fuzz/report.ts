/** What a fuzz run found: everything that was answered, and whatever must never be answered. */
import type { Reply } from './connection.ts';

export interface Finding {
  readonly input: number;
  readonly what: string;
  readonly subject: string;
  readonly status: number;
  /** The beginning of what was sent, as latin1. */
  readonly sent: string;
  readonly answer: string;
}

export interface FuzzReport {
  readonly seed: number;
  inputs: number;
  seconds: number;
  /** Answers by status; 0: closed without one. */
  readonly statuses: Map<number, number>;
  /** Codes of refusals. */
  readonly codes: Map<string, number>;
  accepted: number;
  slowestMs: number;
  /** Slow once, and sent again when the machine was less busy. */
  sentAgain: number;
  readonly findings: Finding[];
  findingCount: number;
  /** Senders whose signature does not cover the body: a touched body may pass. */
  readonly bodyNotCovered: string[];
  readonly subjects: string[];
  crashes: number;
  rssMb: number;
}

/** Answers 500 that are the workflow's own doing (SPEC 6, 7, 10). */
const own500 = new Set([
  'expression_failed',
  'expression_timeout',
  'sandbox_limit',
  'run_failed',
  'no_response',
]);
/** The order of magnitude a caller notices; an expression may take its second first (SPEC 12). */
const slowMs = 1_000;
const slowExpressionMs = 2_500;

export function openReport(seed: number): FuzzReport {
  return {
    seed,
    inputs: 0,
    seconds: 0,
    statuses: new Map(),
    codes: new Map(),
    accepted: 0,
    slowestMs: 0,
    sentAgain: 0,
    findings: [],
    findingCount: 0,
    bodyNotCovered: [],
    subjects: [],
    crashes: 0,
    rssMb: 0,
  };
}

export interface Judged {
  readonly input: number;
  readonly subject: string;
  readonly bytes: Buffer;
  /** The credential was forged or what it covers was touched. */
  readonly mustNotPass: boolean;
  /** Leaves without an answer are fair: the framing is in doubt. */
  readonly isTorn: boolean;
  /** An expression is at work. */
  readonly mayCompute: boolean;
  readonly isHead: boolean;
}

/** Whether an answer took longer than a caller should wait. */
export function isSlow({ mayCompute }: Pick<Judged, 'mayCompute'>, { tookMs }: Reply): boolean {
  return tookMs > (mayCompute ? slowExpressionMs : slowMs);
}

/** Writes an answer into the book, and what is wrong with it. */
export function judge(report: FuzzReport, sent: Judged, reply: Reply): void {
  const { status, text, tookMs } = reply;
  report.inputs += 1;
  report.slowestMs = Math.max(report.slowestMs, tookMs);
  count(report.statuses, status);
  const code = /"error":"([a-z_]+)"/.exec(text)?.[1];
  if (code !== undefined) count(report.codes, code);
  const isAccepted = text.includes('"executionId":"run_');
  if (isAccepted) report.accepted += 1;

  const fault = faultOf();
  if (fault === undefined) return;
  report.findingCount += 1;
  if (report.findings.length < 100) {
    report.findings.push({
      input: sent.input,
      what: fault,
      subject: sent.subject,
      status,
      sent: sent.bytes.subarray(0, 2_000).toString('latin1'),
      answer: text.slice(0, 600),
    });
  }

  function faultOf(): string | undefined {
    if (status === 500 && !own500.has(code ?? '')) return `500 ${code ?? ''}`;
    if (status > 500 && status !== 503 && status !== 504 && status !== 505) return `status ${status}`;
    if (status === 503) return `503 ${code ?? ''}`;
    if (isSlow(sent, reply)) return `took ${Math.round(tookMs)} ms`;
    if (sent.mustNotPass && isAccepted) return 'false accept';
    if (status === 0 && !sent.isTorn) return 'closed without an answer';
    if (/\n {4}at |node:internal|\.ts:\d+/.test(text)) return 'a stack in the answer';
    if (status >= 400 && code === undefined && !sent.isHead && text.includes('application/json'))
      return 'an error without its code';
    return undefined;
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The report as lines for people. */
export function linesOf(report: FuzzReport): string[] {
  const sums = (counts: ReadonlyMap<string | number, number>): string =>
    [...counts]
      .toSorted((a, b) => b[1] - a[1])
      .map(([key, n]) => `${key} × ${n}`)
      .join(', ');
  return [
    `${report.inputs} inputs in ${Math.round(report.seconds)} s, seed ${report.seed}, ${report.subjects.length} endpoints`,
    `statuses: ${sums(report.statuses)} (0: closed without an answer)`,
    `refusals: ${sums(report.codes)}`,
    `${report.accepted} accepted; slowest answer ${Math.round(report.slowestMs)} ms (${report.sentAgain} sent again when the machine was less busy); the host holds ${report.rssMb} MB; ${report.crashes} crashes`,
    `signatures that do not cover the body, by their sender's formula: ${report.bodyNotCovered.join(', ') || 'none'}`,
    ...report.findings
      .slice(0, 20)
      .map(
        (one) =>
          `FOUND  input ${one.input} at ${one.subject}: ${one.what}\n       ${JSON.stringify(one.sent.slice(0, 300))}`,
      ),
    report.findingCount === 0 ? 'Nothing was found.' : `${report.findingCount} findings.`,
  ];
}
