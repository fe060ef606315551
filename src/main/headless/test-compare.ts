/** What came of a regression test beside what was expected: differences in plain words, and the expectation made anew. */
import type { RunView, StepView } from '../../shared/contract/views.ts';
import type { CaseExpectation, CaseFile, CaseResponse, CaseStep } from '../../shared/model/case.ts';
import { compareValues, keepIgnored } from '../../shared/model/case-compare.ts';
import type { TestAnswer } from './test-calls.ts';
import type { Played } from './test-case.ts';

/** Something that is not as expected. */
export interface CaseDifference {
  /** `answer`, `run`, or `step "total"`. */
  readonly where: string;
  /** What of it, e.g. `status` or `$.output.total`. */
  readonly path: string;
  readonly expected: unknown;
  readonly got: unknown;
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function compareAnswer(expected: CaseResponse, got: TestAnswer | null): CaseDifference[] {
  const where = 'answer';
  if (got === null) return [{ where, path: 'status', expected: expected.status, got: undefined }];
  const found: CaseDifference[] = [];
  if (got.status !== expected.status)
    found.push({ where, path: 'status', expected: expected.status, got: got.status });
  for (const [name, value] of Object.entries(expected.headers)) {
    const other = got.headers[name.toLowerCase()];
    if (other !== value) found.push({ where, path: `header ${name}`, expected: value, got: other });
  }
  if (expected.text !== undefined && expected.text !== got.text)
    found.push({ where, path: 'body', expected: expected.text, got: got.text });
  if (expected.json !== undefined)
    for (const one of compareValues(expected.json, jsonOf(got.text), expected.ignore))
      found.push({ where, ...one });
  return found;
}

/** The executions of each step, in their order. */
function byNode<Step extends { readonly nodeId: string }>(steps: readonly Step[]): Map<string, Step[]> {
  const found = new Map<string, Step[]>();
  for (const step of steps) found.set(step.nodeId, [...(found.get(step.nodeId) ?? []), step]);
  return found;
}

function ended(run: RunView): StepView[] {
  return run.steps.filter((step) => step.status === 'succeeded' || step.status === 'failed');
}

function compareStep(where: string, expected: CaseStep, got: StepView): CaseDifference[] {
  const found: CaseDifference[] = [];
  const plain = (path: string, one: unknown, other: unknown): void => {
    if (one !== other) found.push({ where, path, expected: one, got: other });
  };
  plain('status', expected.status, got.status);
  plain('error', expected.error, got.error?.code);
  if (expected.status === 'succeeded') plain('port', expected.port, got.port ?? undefined);
  for (const name of ['input', 'output'] as const) {
    if (expected[name] === undefined) continue;
    const values = [{ [name]: expected[name] }, { [name]: got[name] }] as const;
    for (const one of compareValues(...values, expected.ignore)) found.push({ where, ...one });
  }
  return found;
}

function compareSteps(expected: readonly CaseStep[], run: RunView | undefined): CaseDifference[] {
  const [wanted, came] = [byNode(expected), byNode(run === undefined ? [] : ended(run))];
  const found: CaseDifference[] = [];
  for (const nodeId of new Set([...wanted.keys(), ...came.keys()])) {
    const [ones, others] = [wanted.get(nodeId) ?? [], came.get(nodeId) ?? []];
    const name = others[0]?.name;
    const label = name === undefined || name === nodeId ? `step "${nodeId}"` : `step "${nodeId}" (${name})`;
    if (ones.length !== others.length)
      found.push({ where: label, path: 'executions', expected: ones.length, got: others.length });
    for (const [index, one] of ones.entries()) {
      const other = others[index];
      const where = ones.length > 1 ? `${label}, execution ${index + 1}` : label;
      if (other !== undefined) found.push(...compareStep(where, one, other));
    }
  }
  return found;
}

/** Everything that is not as the case expects; empty: it passed. */
export function compareCase({ expect }: CaseFile, { answer, run }: Played): CaseDifference[] {
  const found = expect.response === null ? [] : compareAnswer(expect.response, answer);
  const [wanted, came] = [expect.run?.status, run?.status];
  if (wanted !== came) found.push({ where: 'run', path: 'status', expected: wanted, got: came });
  const [error, other] = [expect.run?.error, run?.error?.code];
  if (error !== other) found.push({ where: 'run', path: 'error', expected: error, got: other });
  return [...found, ...compareSteps(expect.steps, run)];
}

/** What came, as the expectation of the case from now on; ignored values stay as they are written. */
export function expectationOf({ expect }: CaseFile, { answer, run }: Played): CaseExpectation {
  const before = byNode(expect.steps);
  return {
    response: expect.response === null || answer === null ? null : answerOf(expect.response, answer),
    run:
      run === undefined ||
      (run.status !== 'succeeded' && run.status !== 'failed' && run.status !== 'cancelled')
        ? null
        : { status: run.status, ...(run.error === null ? {} : { error: run.error.code }) },
    steps: (run === undefined ? [] : ended(run)).map((step) =>
      stepOf(before.get(step.nodeId)?.shift(), step),
    ),
  };
}

function answerOf(before: CaseResponse, { status, headers, text }: TestAnswer): CaseResponse {
  const names = Object.keys(before.headers).filter((name) => headers[name.toLowerCase()] !== undefined);
  return {
    status,
    headers: Object.fromEntries(names.map((name) => [name, headers[name.toLowerCase()] ?? ''])),
    ...(before.json === undefined ? {} : { json: keepIgnored(before.json, jsonOf(text), before.ignore) }),
    ...(before.text === undefined ? {} : { text }),
    ignore: before.ignore,
  };
}

function stepOf(before: CaseStep | undefined, step: StepView): CaseStep {
  const ignore = before?.ignore ?? [];
  const values = {
    ...(before?.input === undefined ? {} : { input: step.input }),
    ...(before === undefined || before.output !== undefined ? { output: step.output } : {}),
  };
  const kept = keepIgnored(before ?? {}, values, ignore);
  return {
    nodeId: step.nodeId,
    status: step.status === 'failed' ? 'failed' : 'succeeded',
    ...(step.port === null ? {} : { port: step.port }),
    ...(typeof kept === 'object' && kept !== null ? kept : values),
    ...(step.error === null ? {} : { error: step.error.code }),
    ignore,
  };
}
