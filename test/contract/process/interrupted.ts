/** Steps with outward effects that kill -9 cut off (SPEC 9). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpTarget, openHttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { makeHook, runIn } from '../support/workflows.ts';

const host = hostForThisFile({ options: ['--no-admin'] });
let target: HttpTarget;

beforeAll(async () => {
  target = await openHttpTarget(() => undefined);
});
afterAll(() => target.close());

describe('a call cut off by kill -9', () => {
  const callsTo = (path: string) => target.calls.filter((call) => call.url === path);

  async function cutOff(path: string, node: Record<string, unknown>): Promise<string> {
    const config = { method: 'POST', url: target.origin + path };
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'none' } }, [
      { id: 'call', type: 'http', config, ...node },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    await until('the call to be under way', () => callsTo(path).length === 1);
    await host.restart('SIGKILL');
    return id;
  }

  it('is sent again with its first Idempotency-Key by default', async () => {
    const id = await cutOff('/again', {});
    await until('the second try', () => callsTo('/again').length === 2);
    const [one, two] = callsTo('/again').map((call) => call.headers['idempotency-key']);
    expect(one).toMatch(/\S{16,}/);
    expect(two).toBe(one);
    await host.v1('POST', `/v1/workflow-runs/${id}/cancel`);
  });

  it('is failed as interrupted and not sent again when it is marked atMostOnce', async () => {
    const id = await cutOff('/once', { atMostOnce: true });
    expect(await runIn(host, id)).toMatchObject({
      status: 'failed',
      error: { nodeId: 'call', code: 'interrupted' },
    });
    expect(callsTo('/once')).toHaveLength(1);
  });
});
