/** Outputs pinned to a workflow's steps: kept beside its draft, for test runs alone. */
import { AppError } from '../../shared/errors.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { requireWorkflow } from './workflow-saving.ts';

/** As long as the output of one step may be (SPEC 12). */
const longestPins = 4_194_304;

/** `pins.*` of the contract. */
export function pinProcedures(os: Procedures, parts: ApiParts) {
  const { store } = parts;
  return {
    get: os.pins.get.use(requires('read')).handler(({ input }) => ({
      ...store.read.workflows.pins(requireWorkflow(parts, input.id).id),
    })),

    set: os.pins.set.use(requires('admin')).handler(async ({ input: { params, body } }) => {
      const { id } = requireWorkflow(parts, params.id);
      if (JSON.stringify(body).length > longestPins)
        throw new AppError({ code: 'output_too_large', message: 'The pins are larger than 4 MiB.' });
      await store.write('setPins', { workflowId: id, pins: body });
      return { ...store.read.workflows.pins(id) };
    }),
  };
}
