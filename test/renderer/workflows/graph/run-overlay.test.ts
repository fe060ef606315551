import { expect, test } from 'vitest';
import type { RunView, StepView } from '../../../../src/shared/contract/views.ts';
import { overlayRun } from '../../../../src/renderer/features/workflows/graph/run-overlay.ts';
import { edge } from './samples.ts';

function execution(nodeId: string, status: StepView['status'], rest: Partial<StepView> = {}): StepView {
  const at = '2026-03-23T15:30:00.000Z';
  return {
    nodeId,
    name: nodeId,
    type: 'transform',
    status,
    attempt: 1,
    input: null,
    output: null,
    error: null,
    startedAt: at,
    finishedAt: status === 'succeeded' || status === 'failed' ? at : null,
    port: null,
    logs: [],
    failures: [],
    waitingFor: null,
    dueAt: null,
    ...rest,
  };
}

function run(steps: StepView[]): RunView {
  return {
    id: 'run_1',
    workflowId: 'wf_1',
    workflowName: 'w',
    version: 1,
    status: 'running',
    target: null,
    error: null,
    createdAt: '',
    startedAt: null,
    finishedAt: null,
    waitingFor: null,
    requestId: null,
    startNodeId: 'a',
    input: null,
    output: null,
    steps,
    resumeUrl: null,
  };
}

test('the path taken goes along the ports the steps left by', () => {
  const edges = ['a>if', 'if.true>yes', 'if.false>no'].map(edge);
  const steps = [
    execution('a', 'succeeded'),
    execution('if', 'succeeded', { port: 'true' }),
    execution('yes', 'running'),
  ];
  const overlay = overlayRun(run(steps), edges);
  expect([...overlay.taken]).toEqual(['a>if out', 'if>yes true']);
  expect(overlay.steps.get('yes')?.status).toBe('running');
  expect(overlay.steps.has('no')).toBe(false);
});

test('a failed step takes its ordinary way only when told so', () => {
  const edges = ['a>b', 'a.error>c'].map(edge);
  const failed = overlayRun(run([execution('a', 'failed')]), edges);
  expect([...failed.taken]).toEqual([]);
  const caught = overlayRun(
    run([execution('a', 'failed', { port: 'error' }), execution('c', 'queued')]),
    edges,
  );
  expect([...caught.taken]).toEqual(['a>c error']);
});

test('a step that ran often shows the execution that most wants to be seen, and keeps all', () => {
  const steps = [execution('a', 'failed'), execution('a', 'succeeded'), execution('a', 'running')];
  const overlay = overlayRun(run(steps), []).steps.get('a');
  expect(overlay?.status).toBe('running');
  expect(overlay?.executions.length).toBe(3);
});
