import { expect, test } from 'vitest';
import { overlayRun } from '../../../../src/renderer/features/workflows/graph/run-overlay.ts';
import { edge, execution, runOf } from './samples.ts';

test('the path taken goes along the ports the steps left by', () => {
  const edges = ['a>if', 'if.true>yes', 'if.false>no'].map(edge);
  const steps = [
    execution('a', 'succeeded'),
    execution('if', 'succeeded', { port: 'true' }),
    execution('yes', 'running'),
  ];
  const overlay = overlayRun(runOf(steps), edges);
  expect([...overlay.taken]).toEqual(['a>if out', 'if>yes true']);
  expect(overlay.steps.get('yes')?.status).toBe('running');
  expect(overlay.steps.has('no')).toBe(false);
});

test('a failed step takes its ordinary way only when told so', () => {
  const edges = ['a>b', 'a.error>c'].map(edge);
  const failed = overlayRun(runOf([execution('a', 'failed')]), edges);
  expect([...failed.taken]).toEqual([]);
  const caught = overlayRun(
    runOf([execution('a', 'failed', { port: 'error' }), execution('c', 'queued')]),
    edges,
  );
  expect([...caught.taken]).toEqual(['a>c error']);
});

test('a step that ran often shows the execution that most wants to be seen, and keeps all', () => {
  const steps = [execution('a', 'failed'), execution('a', 'succeeded'), execution('a', 'running')];
  const overlay = overlayRun(runOf(steps), []).steps.get('a');
  expect(overlay?.status).toBe('running');
  expect(overlay?.executions.length).toBe(3);
});
