/**
 * The names an expression may use (SPEC 7). Whoever evaluates builds one plain object of these; the sandbox reads
 * own properties only and never changes it. Plain data throughout: no getters, functions or class instances.
 */

/** `trigger`: the request, or the input of a run started another way. */
export type TriggerScope = {
  /** The payload; an object payload carries `_query` unless it has its own. */
  readonly data?: unknown;
  readonly payload?: unknown;
  /** A repeated key is a list. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  /** ISO 8601 UTC. */
  readonly dateTime?: string;
};

/** `webhookData`: the same request in the shape of the flowx style; header names as sent. */
export type WebhookDataScope = {
  readonly dateTime?: string;
  readonly payload?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** `run`: facts of the run the expression belongs to. */
export type RunScope = {
  readonly id?: string;
  readonly workflowId?: string;
  /** ISO 8601 UTC. */
  readonly startedAt?: string;
  readonly resumeUrl?: string;
};

/**
 * The scope of an expression. A name that does not apply (no target, not in a loop) is left out and so has no value.
 * It must stay unchanged until the promise of the evaluation settles. A type, not an interface, so that it is
 * accepted where any record is.
 */
export type ExpressionScope = {
  readonly trigger?: TriggerScope;
  readonly webhookData?: WebhookDataScope;
  readonly params?: Readonly<Record<string, unknown>>;
  /** By node id, and by step name where that is free. */
  readonly steps?: Readonly<Record<string, { readonly output?: unknown }>>;
  /** The record the run works on. */
  readonly target?: unknown;
  readonly run?: RunScope;
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Inside a loop: the item and its number from 0. */
  readonly item?: unknown;
  readonly index?: number;
};
