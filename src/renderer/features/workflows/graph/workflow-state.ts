/** How a workflow stands with the world, in the words every page uses for it. */
import type { WorkflowView } from '../../../../shared/contract/views.ts';

export interface WorkflowState {
  readonly kind: 'draft' | 'live' | 'off';
  /** `draft`, `live v3`, `not live`. */
  readonly label: string;
  /** `changed since v3`; null when the draft is the newest version or there is none yet. */
  readonly changed: string | null;
}

type Facts = Pick<WorkflowView, 'enabled' | 'activeVersion' | 'latestVersion' | 'changed'>;

/** Names the state of a workflow. */
export function stateOf({ enabled, activeVersion, latestVersion, changed }: Facts): WorkflowState {
  const since = latestVersion !== null && changed ? `changed since v${latestVersion}` : null;
  if (latestVersion === null) return { kind: 'draft', label: 'draft', changed: null };
  if (!enabled || activeVersion === null) return { kind: 'off', label: 'not live', changed: since };
  return { kind: 'live', label: `live v${activeVersion}`, changed: since };
}
