/** Replays and duplicates, row by row, over moved clocks and kill -9 (SPEC 3, 4.11, 4.12). */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, listAt, textAt } from '../support/at.ts';
import { type ContractHost, hostForThisFile, openHost } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { movedClock } from '../support/moved-clock.ts';
import type { Answer } from '../support/send.ts';
import { asMade, countRuns, type Made, makeHook, makeWorkflow, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };
const json = { 'content-type': 'application/json' };
const DAY = 86_400;

/** The URL of a workflow on a host as it runs now: a restart picks another port. */
const here = (on: ContractHost, made: Made, nodeId?: string): string =>
  on.receiver() + new URL(made.url(nodeId)).pathname;

describe('the same delivery after a restart', () => {
  const own = openHost({ options: ['--no-admin'] });
  const signed = { scheme: 'hmac', secret: 's', signed: '{timestamp}.{body}' };
  let moved = 0;

  /** The host stopped and started with its clock this far from ours. */
  async function moveTo(seconds: number): Promise<void> {
    moved = seconds;
    await own.restart('SIGTERM', { env: movedClock(seconds) });
  }

  it('D1 is a duplicate after SIGTERM as after kill -9', async () => {
    const made = await makeHook(own, open);
    const call = (): Promise<Answer> =>
      own.call(here(own, made), { headers: { 'idempotency-key': 'delivery-1' }, json: { a: 1 } });
    const first = expectAccepted(await call());
    for (const how of ['SIGTERM', 'SIGKILL'] as const) {
      await own.restart(how);
      expect((await call()).json).toMatchObject({ success: true, executionId: first, duplicate: true });
    }
    expect(await countRuns(own, made.id)).toBe(1);
  });

  it('D5 signed with its time is a duplicate 10 s later, and 401 after 400 s', async () => {
    const made = await makeHook(own, { style: 'native', auth: signed });
    const time = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', 's').update(`${time}.{}`).digest('hex');
    const headers = {
      ...json,
      'idempotency-key': 'd5',
      'x-webhook-timestamp': time,
      'x-webhook-signature': signature,
    };
    const call = (): Promise<Answer> => own.call(here(own, made), { headers, body: '{}' });
    const first = expectAccepted(await call());
    await moveTo(10);
    expect((await call()).json).toMatchObject({ executionId: first, duplicate: true });
    await moveTo(400);
    expectError(await call(), 401, 'unauthorized');
    await moveTo(0);
    expect(moved).toBe(0);
  });

  it('D4 is a duplicate for 7 days, and a new run a second later', async () => {
    const made = await makeHook(own, open);
    const call = (): Promise<Answer> =>
      own.call(here(own, made), { headers: { 'idempotency-key': 'week' }, json: { a: 1 } });
    const first = expectAccepted(await call());
    await moveTo(7 * DAY - 60);
    expect((await call()).json).toMatchObject({ executionId: first, duplicate: true });
    await moveTo(7 * DAY + 1);
    expect(expectAccepted(await call())).not.toBe(first);
    expect(await countRuns(own, made.id)).toBe(2);
    await moveTo(0);
  });

  it('D9 held for a run that did not get there in 24 h becomes a failed trigger', async () => {
    const correlation = { run: 'trigger.data.o', request: 'trigger.data.o' };
    const made = await makeWorkflow(own, [
      { id: 'hook', type: 'webhook', config: open },
      { id: 'pause', type: 'delay', config: { seconds: 30 * DAY } },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation } },
    ]);
    expectAccepted(await own.call(here(own, made), { json: { o: 'z' } }));
    const early = await own.call(here(own, made, 'wait'), { json: { o: 'z', early: true } });
    expect(early.status).toBe(202);
    const failed = async (): Promise<unknown[]> =>
      listAt((await own.v1('GET', `/v1/failed-triggers?endpoint=${made.endpointId('wait')}`)).json, 'items');
    await moveTo(DAY - 60);
    expect(await failed()).toEqual([]);
    await moveTo(DAY + 1);
    const items = await until('the failed trigger', async () => {
      const found = await failed();
      return found.length > 0 && found;
    });
    expect(items).toMatchObject([{ id: textAt(early.json, 'requestId'), state: 'open' }]);
    await moveTo(0);
  });

  it('D8 of a wait whose time ran out meanwhile is 409', async () => {
    const correlation = { run: 'trigger.data.o', request: 'trigger.data.o' };
    const made = await makeWorkflow(own, [
      { id: 'hook', type: 'webhook', config: open },
      {
        id: 'wait',
        type: 'webhook',
        config: { ...open, waitWhenReached: true, correlation, timeoutSeconds: 3600 },
      },
    ]);
    const id = expectAccepted(await own.call(here(own, made), { json: { o: 1 } }));
    await runIn(own, id, ['waiting']);
    await moveTo(3_601);
    expect(await runIn(own, id)).toMatchObject({ status: 'failed', error: { nodeId: 'wait' } });
    expectError(await own.call(here(own, made, 'wait'), { json: { o: 1 } }), 409, 'no_waiting_step');
    await moveTo(0);
  });

  it('D10 to three workflows at once starts all of them or none, wherever kill -9 falls', async () => {
    const shared = await own.v1('POST', '/v1/endpoints', { name: 'Three at once', ...open });
    const endpointId = textAt(shared.json, 'id');
    const document = (slug: string): Record<string, unknown> => ({
      name: slug,
      slug,
      nodes: [{ id: 'hook', type: 'webhook', config: { endpointId } }],
      edges: [],
    });
    for (const slug of ['three-a', 'three-b', 'three-c']) {
      expect((await own.v1('POST', '/v1/workflows?activate=true', document(slug))).status).toBeLessThan(300);
    }
    await own.v1('POST', `/v1/endpoints/${endpointId}/activate`);
    const path = new URL(textAt((await own.v1('GET', `/v1/endpoints/${endpointId}/url`)).json, 'url'))
      .pathname;
    const promised = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const least = promised.size + 50;
      let isDead = false;
      const url = own.receiver() + path;
      const senders = Array.from({ length: 16 }, async () => {
        while (!isDead) {
          const answer = await own.call(url, { json: { round } }).catch(() => undefined);
          if (answer === undefined) return;
          expect(listAt(answer.json, 'executionIds')).toHaveLength(3);
          promised.add(textAt(answer.json, 'requestId'));
        }
      });
      await until('enough to lose', () => promised.size >= least);
      const died = own.host().kill9();
      await Promise.all([died, ...senders]);
      isDead = true;
      await own.restart('SIGKILL');
    }
    const stored = new Map<string, number>();
    let cursor = '';
    do {
      const page = await own.v1(
        'GET',
        `/v1/requests?endpoint=${endpointId}&verdict=accepted&limit=500${cursor}`,
      );
      for (const item of listAt(page.json, 'items'))
        stored.set(textAt(item, 'id'), listAt(item, 'runs').length);
      const next = at(page.json, 'nextCursor');
      cursor = typeof next === 'string' ? `&cursor=${encodeURIComponent(next)}` : '';
    } while (cursor !== '');
    expect([...stored].filter(([, runs]) => runs !== 3)).toEqual([]);
    expect([...promised].filter((id) => !stored.has(id))).toEqual([]);
    expect(stored.size).toBeGreaterThanOrEqual(150);
  });
});

describe('a delivery refused for its pace', () => {
  it('D2 leaves its key free: refused by the rate, then accepted as new', async () => {
    const made = await makeHook(host, { ...open, rateLimit: { perMinute: 1 } });
    expectAccepted(await host.call(made.url(), { json: {} }));
    const call = (): Promise<Answer> =>
      host.call(made.url(), { headers: { 'idempotency-key': 'x' }, json: { a: 1 } });
    expectError(await call(), 429, 'rate_limited');
    const document = { ...asDocument(made), nodes: [{ id: 'hook', type: 'webhook', config: open }] };
    const saved = await host.v1('PUT', `/v1/workflows/${made.id}?activate=true`, document);
    expect(saved.status, saved.text).toBe(200);
    if (at(saved.json, 'activeVersion') === 1) {
      await host.v1('POST', `/v1/workflows/${made.id}/commit`, {});
      await host.v1('POST', `/v1/workflows/${made.id}/activate`, {});
    }
    expectAccepted(
      await host.call(asMade(saved).url(), { headers: { 'idempotency-key': 'x' }, json: { a: 1 } }),
    );
  });
});

function asDocument(made: Made): Record<string, unknown> {
  return { name: textAt(made.document, 'name'), slug: textAt(made.document, 'slug'), edges: [] };
}

describe('a replay from the inspector', () => {
  it('D7 three times is three runs, each with the very bytes, linked to a request of its own', async () => {
    const made = await makeHook(host, { style: 'flowtrux', auth: { scheme: 'hmac', secret: 's' } });
    const body = '{ "n":  1.0 }';
    const headers = { ...json, 'x-webhook-signature': createHmac('sha256', 's').update(body).digest('hex') };
    const first = await host.call(made.url(), { headers, body });
    const original = textAt(first.json, 'requestId');
    const runs = new Set([expectAccepted(first)]);
    for (let n = 0; n < 3; n += 1) {
      const answer = await host.v1('POST', `/v1/requests/${original}/replay`);
      expect(answer.status, answer.text).toBe(200);
    }
    const { json: list } = await host.v1('GET', `/v1/requests?endpoint=${made.endpointId()}`);
    const items = listAt(list, 'items');
    expect(items).toHaveLength(4);
    for (const item of items) {
      const bytes = await host.v1('GET', `/v1/requests/${textAt(item, 'id')}/body`);
      expect(bytes.text).toBe(body);
      runs.add(textAt(item, 'runs.0.id'));
    }
    expect(runs.size).toBe(4);
  });
});

describe('a body signed alone', () => {
  it('D6 can be sent again by whoever saw it: each starts a run', async () => {
    const made = await makeHook(host, { style: 'flowtrux', auth: { scheme: 'hmac', secret: 's' } });
    const headers = { ...json, 'x-webhook-signature': createHmac('sha256', 's').update('{}').digest('hex') };
    const ids = new Set<string>();
    for (let n = 0; n < 2; n += 1)
      ids.add(expectAccepted(await host.call(made.url(), { headers, body: '{}' })));
    expect(ids.size).toBe(2);
  });

  it('D6 is a duplicate where the endpoint takes the body as the key', async () => {
    const made = await makeHook(host, { ...open, dedupe: { body: true } });
    const first = expectAccepted(await host.call(made.url(), { json: { a: 1 } }));
    const again = await host.call(made.url(), { json: { a: 1 } });
    expect(again.json).toMatchObject({ executionId: first, duplicate: true });
    expect(expectAccepted(await host.call(made.url(), { json: { a: 2 } }))).not.toBe(first);
    expect(await countRuns(host, made.id)).toBe(2);
  });
});
