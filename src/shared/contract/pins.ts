/** Outputs pinned to steps: test data that stands for doing them in test runs, and never in live ones. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { nodeIdSchema } from '../model/document.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });
const pinsSchema = z.record(nodeIdSchema, z.unknown());

export const pins = {
  get: oc
    .route({
      method: 'GET',
      path: '/workflows/{id}/pins',
      tags: ['Workflows'],
      summary: 'Outputs pinned to steps, by node id',
    })
    .input(idInput)
    .output(pinsSchema),
  /** All of them at once: what is left out is pinned no more. */
  set: oc
    .route({
      method: 'PUT',
      path: '/workflows/{id}/pins',
      tags: ['Workflows'],
      summary: 'Pin outputs to steps, for test runs',
      inputStructure: 'detailed',
    })
    .input(z.object({ params: idInput, body: pinsSchema.default({}) }))
    .output(pinsSchema),
};
