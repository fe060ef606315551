/** What a card says to people who do not see it: kind, name, state and problems in one sentence. */
import type { WorkflowNode } from '../../../../shared/model/document.ts';
import type { CanvasLook } from './canvas-context.ts';

/** The accessible name of a step's card. */
export function announceStep(
  step: WorkflowNode,
  { kinds, issues, overlay }: Pick<CanvasLook, 'kinds' | 'issues' | 'overlay'>,
): string {
  const title = kinds.definitionOf(step.type)?.title ?? `Unknown step ${step.type}`;
  const problems = issues.get(step.id)?.length ?? 0;
  const state = overlay?.steps.get(step.id)?.status;
  const parts = [
    title === step.name ? title : `${title}: ${step.name}`,
    state,
    problems === 0 ? undefined : problems === 1 ? '1 problem' : `${problems} problems`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
