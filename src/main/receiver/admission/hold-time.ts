/** How long an early delivery is held for its run to come to the wait (SPEC 3, Waits). */
import type { WebhookConfig } from '../../../shared/model/endpoint.ts';

/** Seconds when the node does not say. */
const defaultHoldSeconds = 86_400;

/** Milliseconds; 0: not at all. */
export function holdMsOf(config: Pick<WebhookConfig, 'holdEarlySeconds'> | undefined): number {
  return (config?.holdEarlySeconds ?? defaultHoldSeconds) * 1_000;
}
