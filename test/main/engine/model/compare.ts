/** Whether a run has become what the model says. */
import { expect } from 'vitest';
import { z } from 'zod';
import type { RunView, StepView } from '../../../../src/shared/contract/views.ts';
import { expectedRun, type ExpectedStep } from './expected-run.ts';
import type { RandomGraph } from './random-graph.ts';

const objectSchema = z.record(z.string(), z.unknown());

const pathOf = ({ iteration = [] }: StepView): string => iteration.join('.');

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function checkOutput(
  step: StepView,
  path: string,
  wanted: ExpectedStep,
  loops: ReadonlyMap<string, readonly boolean[]>,
): void {
  const where = `${step.nodeId} in round "${path}"`;
  if (step.type === 'transform' && step.status === 'succeeded') {
    const index = Number(path.split('.').at(-1));
    expect(step.output, where).toEqual(path === '' ? { at: '' } : { at: path, index });
  }
  if (step.type === 'join') {
    const from = Object.keys(objectSchema.parse(step.output));
    if (wanted.mode === 'any') {
      expect(from, where).toHaveLength(1);
      expect([...wanted.sources], where).toContain(from[0]);
    } else if (wanted.isCertain) expect(new Set(from), where).toEqual(wanted.sources);
  }
  if (step.type === 'loop') {
    const failed = loops.get(`${step.nodeId}@${path}`);
    expect(failed, where).toBeDefined();
    expect(step.output, where).toMatchObject({
      count: failed?.length,
      failed: failed?.filter(Boolean).length,
    });
    const { results } = objectSchema.parse(step.output);
    expect(results, where).toHaveLength(failed?.length ?? 0);
    // A round that failed gives nothing; so may another, whose last step failed and was gone on from.
    const given = Array.isArray(results) ? results : [];
    expect(
      given.filter((_, index) => failed?.[index] === true),
      where,
    ).toEqual((failed ?? []).filter(Boolean).map(() => null));
  }
}

/** Throws where the run and the model differ. */
export function expectAsModelled(graph: RandomGraph, run: RunView): void {
  const model = expectedRun(graph);
  expect(run.status).toBe(model.status);
  if (model.status === 'failed') expect([...model.culprits]).toContain(run.error?.nodeId);
  const key = (step: { nodeId: string }, path: string): string => `${step.nodeId} in round "${path}"`;
  const [, ...made] = run.steps;
  const done = made.filter((step) => step.status === 'succeeded' || step.status === 'failed');
  const got = countBy(done, (step) => key(step, pathOf(step)));
  const wanted = countBy(model.steps, (step) => key(step, step.path));
  const certain = countBy(
    model.steps.filter((step) => step.isCertain),
    (step) => key(step, step.path),
  );
  for (const [name, times] of certain) expect(got.get(name) ?? 0, name).toBeGreaterThanOrEqual(times);
  for (const [name, times] of got) expect(times, name).toBeLessThanOrEqual(wanted.get(name) ?? 0);
  const expected = new Map(model.steps.map((step) => [key(step, step.path), step]));
  for (const step of done) {
    const path = pathOf(step);
    const one = expected.get(key(step, path));
    if (one !== undefined) checkOutput(step, path, one, model.loops);
  }
  for (const step of made) expect(['succeeded', 'failed', 'cancelled']).toContain(step.status);
  if (model.steps.every((step) => step.isCertain)) expect(done).toHaveLength(made.length);
}
