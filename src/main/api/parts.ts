/** What the procedures are built from: the floors below, handed in by the composition root. */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Vault } from '../base/vault.ts';
import type { Engine } from '../engine/engine.ts';
import type { Receiver } from '../receiver/receiver.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/open-store.ts';
import type { ReceiverControl } from './receiver-control.ts';

export interface ApiParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly receiver: Receiver;
  /** Where the receiver listens, by settings that are kept. */
  readonly control: ReceiverControl;
  /** Bulk jobs are worked off. */
  readonly jobs: { wake(): void };
  readonly vault: Vault;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataDir: string;
  /** Folder of the sample workflows. */
  readonly samples: URL;
  readonly version: string;
  /** When this process started, epoch ms. */
  readonly startedAt: number;
  /** Aborted when the app stops: streams and waiting calls end, so that nothing holds it up. */
  readonly closing: AbortSignal;
  /** A token with every scope for the life of the process (`HOOKYARD_API_TOKEN`). */
  readonly processToken: string | undefined;
}
