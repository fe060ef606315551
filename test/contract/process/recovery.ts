/** What survives SIGTERM and kill -9: accepted requests, runs, waits, delays, keys (SPEC 1, 4.12, 9). */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { type Made, makeHook, makeWorkflow, outputOf, runIn } from '../support/workflows.ts';
import { until } from '../../support/until.ts';

const host = hostForThisFile({ options: ['--no-admin'] });
const open = { style: 'native', auth: { scheme: 'none' } };
const end = { id: 'end', type: 'transform', config: { expression: '{"n": trigger.data.n}' } };
const pause = (seconds: number) => ({ id: 'pause', type: 'delay', config: { seconds } });

/** The URL of a workflow on the host as it runs now: a restart picks another port. */
const here = (made: Made, nodeId?: string): string => host.receiver() + new URL(made.url(nodeId)).pathname;

describe('SIGTERM', () => {
  it('answers what is in flight, takes nothing new, exits 0, and the runs go on at the next start', async () => {
    const slow = await makeHook(host, { ...open, response: { mode: 'lastNode' } }, [pause(1), end]);
    const long = await makeHook(host, open, [pause(4), end]);
    const later = expectAccepted(await host.call(long.url(), { json: { n: 7 } }));
    const inFlight = host.call(slow.url(), { json: { n: 5 } });
    await until('the run in flight', async () => {
      const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${slow.id}`);
      return listAt(json, 'items').length === 1;
    });
    const { port } = new URL(host.receiver());
    const stopped = host.host().stop();
    expect(await inFlight).toMatchObject({ status: 200, json: { n: 5 } });
    expect(await stopped).toBe(0);
    const refused = await new Promise<string>((done) => {
      connect(Number(port), '127.0.0.1')
        .on('connect', () => done('taken'))
        .on('error', () => done('refused'));
    });
    expect(refused).toBe('refused');
    await host.restart('SIGTERM');
    expect(await outputOf(host, later)).toEqual({ n: 7 });
  });
});

describe('kill -9', () => {
  it('loses no accepted request, doubles none, and runs go on within 5 s of the start', async () => {
    const made = await makeHook(host, open, [pause(1), end]);
    const accepted = new Map<string, number>();
    let isDead = false;
    const senders = Array.from({ length: 8 }, async (_, lane) => {
      for (let n = 0; !isDead && n < 500; n += 1) {
        const number = lane * 1000 + n;
        try {
          const answer = await host.call(made.url(), { json: { n: number } });
          if (answer.status === 200) accepted.set(textAt(answer.json, 'executionId'), number);
        } catch {
          return;
        }
      }
    });
    await until('some accepted requests', () => accepted.size > 60);
    const died = host.host().kill9();
    await Promise.all([died, ...senders]);
    isDead = true;
    await host.restart('SIGKILL');
    const startedAt = Date.now();
    const runs = async (): Promise<unknown[]> =>
      listAt((await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}&limit=500`)).json, 'items');
    await until('every run to end', async () =>
      (await runs()).every((run) => at(run, 'status') === 'succeeded'),
    );
    expect(Date.now() - startedAt).toBeLessThan(8_000);
    const all = await runs();
    const ids = new Set(all.map((run) => textAt(run, 'id')));
    expect(ids.size).toBe(all.length);
    expect([...accepted.keys()].filter((id) => !ids.has(id))).toEqual([]);
    const numbers = await Promise.all([...accepted.keys()].slice(-20).map((id) => outputOf(host, id)));
    expect(numbers).toEqual([...accepted.values()].slice(-20).map((n) => ({ n })));
  });

  it('D1 leaves waits waiting, their resume URLs valid, and idempotency keys known', async () => {
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: open },
      { id: 'ask', type: 'set', config: { fields: { url: '{{run.resumeUrl}}' } } },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true } },
      { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } },
    ]);
    const once = { headers: { 'idempotency-key': 'before the crash' }, json: { a: 1 } };
    const id = expectAccepted(await host.call(here(made), once));
    const run = await runIn(host, id, ['waiting']);
    const resume = new URL(
      textAt(
        listAt(run, 'steps').find((step) => at(step, 'nodeId') === 'ask'),
        'output.url',
      ),
    ).pathname;
    await host.restart('SIGKILL');
    expect(at(await runIn(host, id, ['waiting']), 'status')).toBe('waiting');
    expect((await host.call(here(made), once)).json).toMatchObject({ executionId: id, duplicate: true });
    expect((await host.call(resume, { json: { back: true } })).json).toMatchObject({ executionId: id });
    expect(await outputOf(host, id)).toEqual({ back: true });
    await host.restart('SIGKILL');
    expect([404, 409]).toContain((await host.call(resume, { json: {} })).status);
  });

  it('keeps an early delivery for the run that has yet to reach its step', async () => {
    const correlation = { run: 'trigger.data.o', request: 'trigger.data.o' };
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: open },
      pause(2),
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation } },
      { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } },
    ]);
    const id = expectAccepted(await host.call(here(made), { json: { o: 'z' } }));
    expect((await host.call(here(made, 'wait'), { json: { o: 'z', early: true } })).status).toBe(202);
    await host.restart('SIGKILL');
    expect(await outputOf(host, id)).toEqual({ o: 'z', early: true });
  });

  it('fires a delay that ran out meanwhile, once', async () => {
    const made = await makeHook(host, open, [pause(1), end]);
    const id = expectAccepted(await host.call(here(made), { json: { n: 3 } }));
    const overAt = Date.now() + 1_100;
    await host.host().kill9();
    await until('the delay to be over', () => Date.now() > overAt);
    await host.restart('SIGKILL');
    const run = await runIn(host, id);
    expect(run).toMatchObject({ status: 'succeeded', output: { n: 3 } });
    expect(listAt(run, 'steps').map((step) => at(step, 'nodeId'))).toEqual(['hook', 'pause', 'end']);
  });
});
