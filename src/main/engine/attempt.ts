/**
 * One try of one step: gives the kind its context, bounds it in time, and tells how it ended. What the end means for
 * the run is not decided here.
 */
import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { LogLine } from '../../shared/model/run.ts';
import type { Clock } from '../base/clock.ts';
import { passPoint } from '../base/crash-points.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Outbound } from '../steps/http/outbound.ts';
import type { StepContext, StepKind, StepResult } from '../steps/step.ts';
import type { Cutoff } from './cutoff.ts';
import type { MailSource } from './mail.ts';

export interface AttemptTools {
  readonly clock: Clock;
  readonly sandbox: Pick<Sandbox, 'evaluate' | 'render' | 'runCode'>;
  readonly outbound: Outbound;
  readonly mail: MailSource;
  readonly secret: StepContext['secret'];
  readonly findRecords: StepContext['findRecords'];
}

export interface Attempt {
  readonly kind: StepKind;
  readonly config: Readonly<Record<string, unknown>>;
  readonly scope: ExpressionScope;
  readonly runId: string;
  readonly nodeId: string;
  readonly stepSeq: number;
  /** 1 for the first try. */
  readonly number: number;
  readonly isDelayOver: boolean;
  /** What the wait of the step brought. */
  readonly resumed: unknown;
  readonly isWaitOver: boolean;
  readonly rounds: StepContext['rounds'];
  arrivals: StepContext['arrivals'];
  leadsOn(port: string): boolean;
  readonly timeoutMs: number | undefined;
  /** Hosts in private networks its workflow may call. */
  readonly privateHosts: readonly string[];
  readonly cutoff: Cutoff;
  payloadText(): string | undefined;
  /** Commits that the try begins. @throws AppError `cancelled` when the step is no longer to be done. */
  begin(input: unknown): Promise<void>;
}

export interface AttemptEnd {
  readonly result: StepResult;
  readonly logs: readonly LogLine[];
}

/** The key an outward step sends: the same for every try, another for every step of every run (RELIABILITY P4). */
export function idempotencyKeyOf(runId: string, nodeId: string, stepSeq: number): string {
  return createHash('sha256')
    .update(JSON.stringify([runId, nodeId, stepSeq]))
    .digest('base64url');
}

/** Lines a failed code step wrote before it failed. */
function linesIn(error: AppError): readonly LogLine[] {
  const { console } = error.details;
  const lines: readonly unknown[] = Array.isArray(console) ? console : [];
  return lines.flatMap((line) =>
    typeof line === 'object' && line !== null && 'level' in line && 'text' in line
      ? [{ level: String(line.level), text: String(line.text) }]
      : [],
  );
}

/** Runs a step once. Never rejects: a failure is a result. */
export async function runAttempt(tools: AttemptTools, attempt: Attempt): Promise<AttemptEnd> {
  const { clock, sandbox, outbound, secret, findRecords } = tools;
  const { kind, scope, cutoff } = attempt;
  const logs: LogLine[] = [];
  const context: StepContext = {
    config: attempt.config,
    scope,
    attempt: attempt.number,
    get idempotencyKey() {
      return idempotencyKeyOf(attempt.runId, attempt.nodeId, attempt.stepSeq);
    },
    get signal() {
      return cutoff.signal;
    },
    clock,
    isDelayOver: attempt.isDelayOver,
    resumed: attempt.resumed,
    isWaitOver: attempt.isWaitOver,
    rounds: attempt.rounds,
    arrivals: attempt.arrivals,
    leadsOn: attempt.leadsOn,
    evaluate: (expression) => sandbox.evaluate(expression, scope),
    render: (template) => sandbox.render(template, scope),
    runCode: (code) =>
      sandbox.runCode(code, scope, attempt.timeoutMs === undefined ? {} : { timeoutMs: attempt.timeoutMs }),
    begin: attempt.begin,
    async sendHttp(request) {
      passPoint('http before sending');
      const answer = await outbound.send(request, {
        signal: cutoff.signal,
        privateHosts: attempt.privateHosts,
      });
      passPoint('http after sending');
      return answer;
    },
    mailServer: () => tools.mail(() => cutoff.signal),
    secret,
    findRecords,
    payloadText: attempt.payloadText,
    log: (level, text) => void logs.push({ level, text }),
  };
  try {
    return { result: await cutoff.race(kind.run(context)), logs };
  } catch (thrown) {
    const failure = toAppError(thrown);
    return { result: { failure }, logs: [...logs, ...linesIn(failure)] };
  } finally {
    cutoff.close();
  }
}

/** The error of a try that took too long. */
export function timeoutError(timeoutMs: number): AppError {
  return new AppError({ code: 'step_timeout', message: `The step took longer than ${timeoutMs / 1_000} s.` });
}
