/** The shapes of refusal and acceptance (SPEC 4). */
import { expect } from 'vitest';
import { textAt } from './at.ts';
import type { Answer } from './send.ts';

const requestId = expect.stringMatching(/^req_[A-Za-z0-9_-]{1,36}$/);
const msg = expect.stringMatching(/\S/);

/** Expects a webhook's refusal: status, code and the whole body, with `more` beside the four fields. */
export function expectError(
  answer: Answer,
  status: number,
  code: string,
  more: Record<string, unknown> = {},
): void {
  expect({ status: answer.status, json: answer.json }).toEqual({
    status,
    json: { success: false, error: code, msg, requestId, ...more },
  });
  expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
}

/** Expects a refusal of `/v1`: the same four fields, where more may stand beside them (SPEC 11). */
export function expectApiError(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, json: answer.json }).toMatchObject({
    status,
    json: { success: false, error: code, msg, requestId },
  });
  expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
}

/** Expects 422 with an issue at exactly this path (SPEC 11). */
export function expectIssue(answer: Answer, path: string | RegExp): void {
  expectApiError(answer, 422, 'invalid');
  const where = path instanceof RegExp ? expect.stringMatching(path) : path;
  expect(answer.json).toMatchObject({
    issues: expect.arrayContaining([expect.objectContaining({ path: where, message: msg })]),
  });
}

/** Expects the default answer of an accepted request and gives the run's id. */
export function expectAccepted(answer: Answer): string {
  expect({ status: answer.status, json: answer.json }).toEqual({
    status: 200,
    json: {
      success: true,
      executionId: expect.stringMatching(/^run_[A-Za-z0-9_-]{1,36}$/),
      executionIds: [expect.stringMatching(/^run_/)],
      requestId,
    },
  });
  const executionId = textAt(answer.json, 'executionId');
  expect(textAt(answer.json, 'executionIds.0')).toBe(executionId);
  return executionId;
}
