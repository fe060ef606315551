/** What of a recorded run is new every time, and so is not compared. */
import { expect, test } from 'vitest';
import { volatilePaths } from '../../../src/shared/model/case-volatile.ts';

const fromAt = Date.UTC(2026, 2, 1, 12);
const recording = { fromAt, untilAt: fromAt + 5_000, given: '{"id":"2f1c1d9e-7f0b-4a57-9d0c-2b1f6a0e9c11"}' };

test('ids and resume URLs of our own, times of the run and new random ids', () => {
  const id = `run_${'a1'.repeat(13)}`;
  const value = {
    executionId: id,
    link: `http://127.0.0.1:4665/hooks/resume/abc`,
    text: `Run ${id} ended`,
    at: '2026-03-01T12:00:03.000Z',
    ms: fromAt + 10,
    uuid: '9b2e7a54-0d3f-4e21-8f66-1a2b3c4d5e6f',
    headers: { 'Idempotency-Key': 'x' },
    list: [{ at: '2026-03-01T12:00:01Z' }],
  };
  expect(volatilePaths(value, recording)).toEqual([
    '$.executionId',
    '$.link',
    '$.text',
    '$.at',
    '$.ms',
    '$.uuid',
    '$.headers.Idempotency-Key',
    '$.list[0].at',
  ]);
});

test('nothing that was sent, that is older, or that only looks like it', () => {
  const value = {
    id: '2f1c1d9e-7f0b-4a57-9d0c-2b1f6a0e9c11',
    ordered: '2026-02-01T12:00:00Z',
    amount: 12,
    name: 'run_short',
    day: '2026-03-01',
  };
  expect(volatilePaths(value, recording)).toEqual([]);
});
