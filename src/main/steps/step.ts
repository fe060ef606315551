/**
 * What a step kind is: a definition (plain data) and one behaviour. A kind sees the world only through its context, so
 * time, chance, expressions and the network can be replaced in a test and bounded by the engine.
 */
import type { StepDefinition } from '../../shared/model/catalog.ts';
import type { FoundRecords, RecordEffect, RecordSearch } from '../../shared/model/record-effect.ts';
import type { LogLine, RunError } from '../../shared/model/run.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { MailServer } from './email/mail.ts';

/** A call to the outside, complete and with every secret put in. Never stored. */
export interface OutboundRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string | undefined;
  /** The host the step's own URL names literally, as `name:port`: it alone may lie in a private network. */
  readonly writtenHost: string | undefined;
  /** How long the first byte may take, where the step says itself how long the call may; else 30 s. */
  readonly patienceMs?: number | undefined;
}

/** What came back, decoded from its content encoding. */
export interface OutboundReply {
  readonly status: number;
  /** Lower-case names; a header sent more than once is a list. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array;
}

/** Everything one execution of a step may use. */
export interface StepContext {
  /** Judged by the definition's fields; templates are not rendered yet. */
  readonly config: Readonly<Record<string, unknown>>;
  /** SPEC 7. Its values are shared with other steps of the run: read, never change. */
  readonly scope: Readonly<Record<string, unknown>>;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The same for every attempt of this step of this run. */
  readonly idempotencyKey: string;
  /** Aborted on time-out or when the run was cancelled. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** True when the pause this step asked for by `delayUntilAt` is over. */
  readonly isDelayOver: boolean;
  /** What the wait this step asked for (`ask`, `call`) brought: a word, or the end of a run; undefined before. */
  readonly resumed: unknown;
  /** True when that wait is over without. */
  readonly isWaitOver: boolean;
  /** What the rounds this step asked for by `iterate` came to; undefined before they have ended. */
  readonly rounds: (() => LoopRounds) | undefined;
  /** What the steps that led to this join gave, by node id; null where one gave nothing. */
  arrivals(): Readonly<Record<string, unknown>>;
  /** Whether an edge leaves by this outlet. */
  leadsOn(port: string): boolean;
  /** @throws AppError `expression_invalid`, `expression_failed`, `expression_timeout`, `sandbox_limit`. */
  evaluate(expression: string): Promise<unknown>;
  /** Fills the templates of a text, or of every text inside a value. Results are never read as templates again. */
  render(template: unknown): Promise<unknown>;
  /** @throws AppError `code_failed`, `code_timeout`, `sandbox_limit`. */
  runCode(code: string): Promise<{ readonly value: unknown; readonly console: readonly LogLine[] }>;
  /**
   * Outward kinds call this once, right before they act: the attempt and what it is about to do are committed first.
   * @param input resolved config to show, secrets left out.
   * @throws AppError `cancelled` when the step is no longer to be done.
   */
  begin(input: unknown): Promise<void>;
  /** @throws AppError `http_failed`, `target_blocked`, `step_timeout`; `details.sent`: it may have arrived. */
  sendHttp(request: OutboundRequest): Promise<OutboundReply>;
  /** The mail server of the install. @throws AppError `mail_failed` when none is set up. */
  mailServer(): MailServer;
  /**
   * The value of a named secret for one host (`name:port`), or for the host its own value names.
   * @throws AppError `step_failed` when it is unknown or not allowed for that host.
   */
  secret(name: string, host: string | ((value: string) => string)): string;
  /** Records of an entity as they are now. @throws AppError `record_not_found`, `record_invalid` */
  findRecords(search: RecordSearch): Promise<FoundRecords>;
  /** JSON text of the run's payload with its digits as received; undefined where there is none. */
  payloadText(): string | undefined;
  log(level: LogLine['level'], text: string): void;
}

export interface StepResult {
  /** Must survive JSON; absent: the step has no output. */
  readonly output?: unknown;
  /** Outlet taken; absent: the ordinary one. */
  readonly port?: string;
  /** Resolved config to show, secrets left out. */
  readonly input?: unknown;
  /** Sleep until then, and run the step again with `isDelayOver`. */
  readonly delayUntilAt?: number;
  /** Do the steps behind this one once for each item, and run the step again with `rounds`. */
  readonly iterate?: StepIteration;
  /** Ask a person, and run the step again with the word as `resumed`. */
  readonly ask?: { readonly title: string; readonly message: string };
  /** Make a run of another workflow; when `wait`, run the step again with its end as `resumed`. */
  readonly call?: StepCall;
  /** Tell the operator. */
  readonly notify?: StepNotice;
  /** Done in the transaction that settles the step; what comes of it is the output. */
  readonly record?: RecordEffect;
  /** Answer for the caller who waits for this run (SPEC 10, `respond`). */
  readonly respond?: StepReply;
  /** The step failed, yet has an input or output worth keeping. */
  readonly failure?: AppError;
}

export interface StepIteration {
  readonly items: readonly unknown[];
  /** Rounds at once. */
  readonly concurrency: number;
}

/** What the rounds of a loop came to. */
export interface LoopRounds {
  readonly count: number;
  readonly failed: number;
  /** Output of the last step of each round, in the order of the items; null for one that failed or gave nothing. */
  readonly results: readonly unknown[];
  readonly firstError: RunError | undefined;
}

export interface StepCall {
  /** Id or slug. */
  readonly workflow: string;
  /** Its payload; undefined: that of the run that calls. */
  readonly input: unknown;
  readonly wait: boolean;
}

/** What the operator is told. */
export interface StepNotice {
  readonly level: 'info' | 'success' | 'warning' | 'error';
  readonly title: string;
  readonly message: string;
}

export interface StepReply {
  /** Null: the endpoint's own status. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A fault a kind finds in its own config beyond the rules of its fields. */
export interface ConfigFault {
  /** Path inside the config, e.g. `cases[1]`. */
  readonly path: string;
  readonly message: string;
  /** True: not even a draft is saved with it. */
  readonly isShape?: boolean;
}

export interface StepKind {
  readonly definition: StepDefinition;
  /** Time-out when the config sets none; absent: none. */
  readonly timeoutSeconds?: number;
  /** Fields in which `{{secrets.NAME}}` may stand (SPEC 7). */
  readonly secretFields?: readonly string[];
  /** Pure: faults of a config whose fields were found valid. */
  check?(config: Readonly<Record<string, unknown>>): readonly ConfigFault[];
  run(context: StepContext): Promise<StepResult>;
}
