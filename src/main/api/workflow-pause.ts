/** A workflow paused, and going on again: what comes meanwhile is accepted and queued (SPEC 9). */
import type { WorkflowView } from '../../shared/contract/views.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { requireWorkflow } from './workflow-saving.ts';
import { toWorkflowView } from './workflow-view.ts';

/** `workflows.pause` and `workflows.resume` of the contract. */
export function pauseProcedures(os: Procedures, parts: ApiParts) {
  const { store, engine, clock } = parts;

  async function setPaused(idOrSlug: string, paused: boolean): Promise<WorkflowView> {
    const { id } = requireWorkflow(parts, idOrSlug);
    await store.write('setPaused', { id, paused, at: clock.now() });
    engine.wake();
    return toWorkflowView(parts, requireWorkflow(parts, id));
  }

  return {
    pause: os.workflows.pause.use(requires('run')).handler(({ input }) => setPaused(input.id, true)),
    resume: os.workflows.resume.use(requires('run')).handler(({ input }) => setPaused(input.id, false)),
  };
}
