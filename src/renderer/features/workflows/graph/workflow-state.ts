/** How a workflow stands with the world, in the words every page uses for it. */
import type { WorkflowView } from '../../../../shared/contract/views.ts';

export interface WorkflowState {
  readonly kind: 'draft' | 'live' | 'off';
  /** `draft`, `live v3`, `not live`. */
  readonly label: string;
  /** `changed since v3`; null when the draft is the newest version or there is none yet. */
  readonly changed: string | null;
  /** `paused`, with how many runs wait; null while it goes on. */
  readonly paused: string | null;
}

type Facts = Pick<WorkflowView, 'enabled' | 'activeVersion' | 'latestVersion' | 'changed' | 'paused'> & {
  /** Told by lists only. */
  readonly heldRuns?: number;
};

/** Names the state of a workflow. */
export function stateOf(facts: Facts): WorkflowState {
  const { enabled, activeVersion, latestVersion, changed, heldRuns = 0 } = facts;
  const paused = !facts.paused ? null : heldRuns === 0 ? 'paused' : `paused, ${heldRuns} waiting`;
  const since = latestVersion !== null && changed ? `changed since v${latestVersion}` : null;
  if (latestVersion === null) return { kind: 'draft', label: 'draft', changed: null, paused };
  if (!enabled || activeVersion === null) return { kind: 'off', label: 'not live', changed: since, paused };
  return { kind: 'live', label: `live v${activeVersion}`, changed: since, paused };
}
