/** Captured requests and past runs as regression tests: files for `hookyard test` (see `resources/docs/regression-tests.md`). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { caseSchema } from '../model/case.ts';
import { workflowSchema } from './views.ts';

const shape = {
  id: z.string().min(1).max(64),
  /** Of the test; default: the workflow's and the id of what it is made of. */
  name: z.string().trim().min(1).max(200).optional(),
  description: z.string().max(10_000).optional(),
} as const;

/** The file as it is to be stored; holds no secret. */
const caseOutput = caseSchema.extend({
  workflow: workflowSchema.pick({
    name: true,
    slug: true,
    description: true,
    project: true,
    nodes: true,
    edges: true,
    settings: true,
  }),
});

export const cases = {
  build: oc
    .route({
      method: 'POST',
      path: '/requests/{id}/case',
      tags: ['Requests'],
      summary: 'A captured request as a regression test: what came, what came of it, what the world answered',
    })
    .input(
      z.strictObject({
        ...shape,
        /** Where it started several: the workflow to test. */
        workflow: z.string().min(1).max(64).optional(),
      }),
    )
    .output(caseOutput),
  buildFromRun: oc
    .route({
      method: 'POST',
      path: '/workflow-runs/{id}/case',
      tags: ['Runs'],
      summary: 'A run that has ended as a regression test',
    })
    .input(z.strictObject(shape))
    .output(caseOutput),
};
