/** One headless host for a file of tests, with calls of `/v1` whose answers are read by the contract's own schemas. */
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { workflowSchema, type WorkflowView } from '../../../src/shared/contract/views.ts';
import { startHost, type TestHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { callV1, type V1Answer } from '../../support/v1.ts';

/** The error body of SPEC 4, with what `/v1` adds. */
export const errorSchema = z.looseObject({
  success: z.literal(false),
  error: z.string(),
  msg: z.string().min(1),
  requestId: z.string().regex(/^req_[0-9a-z]{20,36}$/),
  issues: z.array(z.object({ path: z.string(), message: z.string().min(1) })).optional(),
});

export interface ApiHost {
  /** The running host; only inside tests. */
  host(): TestHost;
  /** Its folder, with `data` and `config` in it. */
  folder(): string;
  /** A call with the operator's token, or with another. */
  v1(method: string, path: string, body?: unknown, token?: string | null): Promise<V1Answer>;
  /** A call that must succeed with this status; its body read by a schema. */
  ok<Body>(
    schema: z.ZodType<Body>,
    method: string,
    path: string,
    body?: unknown,
    status?: number,
  ): Promise<Body>;
  /** A call that must be refused with this status and code. */
  refused(
    status: number,
    code: string,
    method: string,
    path: string,
    body?: unknown,
    token?: string | null,
  ): Promise<z.infer<typeof errorSchema>>;
  /** Makes a workflow and puts it live. */
  live(document: Record<string, unknown>): Promise<WorkflowView>;
}

/** Starts a host before the tests of a file and stops it after them. */
export function useApiHost(options: readonly string[] = []): ApiHost {
  const dir = makeTempDir();
  let running: TestHost | undefined;
  beforeAll(async () => {
    running = await startHost({ folder: dir.path, options });
  });
  afterAll(async () => {
    const code = await running?.stop();
    dir.remove();
    expect(code).toBe(0);
  });

  const host = (): TestHost => {
    if (running === undefined) throw new Error('The host is not running.');
    return running;
  };
  const v1: ApiHost['v1'] = (method, path, body, token) =>
    callV1(host().receiver, method, `/v1${path}`, body, token);
  const ok: ApiHost['ok'] = async (schema, method, path, body, status = 200) => {
    const answer = await v1(method, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    return schema.parse(answer.body);
  };
  return {
    host,
    folder: () => dir.path,
    v1,
    ok,
    async refused(status, code, method, path, body, token) {
      const answer = await v1(method, path, body, token);
      expect(answer.status, JSON.stringify(answer.body)).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/json');
      const error = errorSchema.parse(answer.body);
      expect(error.error).toBe(code);
      return error;
    },
    live: (document) => ok(workflowSchema, 'POST', '/workflows?activate=true', document, 201),
  };
}

/** A document of one webhook and one step, in any style, with any auth. */
export function simpleDocument(
  name: string,
  config: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
) {
  return {
    name,
    nodes: [
      { id: 'hook', type: 'webhook', name: 'Arrived', config },
      { id: 'answer', type: 'set', name: 'Answer', config: { fields: { got: '{{trigger.data}}' } } },
    ],
    edges: [{ source: 'hook', target: 'answer' }],
    ...more,
  };
}
