/** What the stages work with: the floors below, settings as they are now, and the receiver's own counters. */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Vault } from '../base/vault.ts';
import type { Engine } from '../engine/engine.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/open-store.ts';
import type { Outside } from './outside.ts';
import type { MinuteCounter } from './gate/minute-counter.ts';
import type { SkewWatch } from './gate/skew-watch.ts';

export interface ReceiverSettings {
  /** Proxies in front whose X-Forwarded-For entries are believed, counted from the right (SPEC 4.4). */
  readonly trustedHops: number;
  /** Origin callers use from outside, e.g. `https://hooks.example.com`. */
  readonly publicUrl: string | null;
  /** Live runs at most; past it requests are refused with `busy` (SPEC 12). */
  readonly queueLimit: number;
}

export interface Tools {
  readonly store: Store;
  readonly engine: Engine;
  readonly sandbox: Sandbox;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Senders' certificates and confirmations. */
  readonly outside: Outside;
  settings(): ReceiverSettings;
  /** Requests per endpoint and minute. */
  readonly rates: MinuteCounter;
  /** Failed authentications per endpoint, caller and minute. */
  readonly failures: MinuteCounter;
  /** Genuine requests whose time is far from ours. */
  readonly skew: SkewWatch;
  /** Whether the store takes writes; looked up at most a few times a second. */
  canStore(): boolean;
  /** Says that an endpoint refused a call because it can not be used at all. */
  noteFault(message: string): void;
  /** Aborted when waiting callers have to be answered because the receiver closes. */
  readonly closing: AbortSignal;
}
