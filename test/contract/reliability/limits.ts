/** Limits, row by row: a full queue, answers that would be documents or forged headers, lengths that lie (SPEC 4.5, 10, 12). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile, openHost } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { exchange, rawRequest } from '../support/raw-socket.ts';
import type { Answer } from '../support/send.ts';
import { countRuns, makeHook, type Node, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };

describe('a queue of 100,000 runs', () => {
  const own = openHost({ options: ['--no-admin'] });

  it('E3 takes no more: 503 busy with Retry-After and no run, and takes again when there is room', async () => {
    const made = await makeHook(own, open, [{ id: 'pause', type: 'delay', config: { seconds: 60 } }]);
    expectAccepted(await own.call(made.url(), { json: {} }));
    await own.host().stop();
    // So many at once come only with the years: they are put where the host finds them at its next start.
    const file = join(own.folder(), 'data', 'hookyard.db');
    const database = new Database(file);
    database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO runs (seq, id, workflow_id, version, status, open_steps, waiting_steps, created_at, start_node_id)
      SELECT (SELECT max(seq) FROM runs) + i, 'run_queued' || i, workflow_id, 1, 'queued', 0, 0, created_at, start_node_id
      FROM n, (SELECT * FROM runs LIMIT 1);`);
    database.close();
    await own.restart('SIGTERM');
    const url = own.receiver() + new URL(made.url()).pathname;
    const once = { headers: { 'idempotency-key': 'when there is room' }, json: {} };
    const refused = await own.call(url, once);
    expectError(refused, 503, 'busy');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    await own.host().stop();
    const again = new Database(file);
    again.exec(`DELETE FROM runs WHERE id GLOB 'run_queued*' AND id <> 'run_queued100000'`);
    again.close();
    await own.restart('SIGTERM');
    expectAccepted(await own.call(own.receiver() + new URL(made.url()).pathname, once));
  });
});

describe('a body that unpacks to 100 MiB', () => {
  const rssKb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${host.host().pid}/status`, 'utf8'))?.[1]);

  it.each([
    ['br', brotliCompressSync],
    ['gzip', gzipSync],
  ] as const)(
    'E2 in %s is refused soon, and twenty of them at once cost little memory',
    async (coding, compress) => {
      const made = await makeHook(host, open);
      const bomb = compress(Buffer.alloc(100 * 1_048_576));
      expect(bomb.byteLength).toBeLessThan(120_000);
      const call = (): Promise<Answer> =>
        host.call(made.url(), {
          headers: { 'content-type': 'application/json', 'content-encoding': coding },
          body: bomb,
        });
      expectError(await call(), 413, 'payload_too_large');
      const before = rssKb();
      const answers = await Promise.all(Array.from({ length: 20 }, call));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 413));
      // Unpacked they would be 2 GiB.
      expect(rssKb() - before).toBeLessThan(150 * 1_024);
      const times: number[] = [];
      for (let n = 0; n < 5; n += 1) times.push((await call()).tookMs);
      expect(Math.min(...times)).toBeLessThan(100);
    },
  );
});

describe('a rate limit', () => {
  it('E3 takes again once its minute is over', async () => {
    const made = await makeHook(host, { ...open, rateLimit: { perMinute: 2 } });
    const call = (): Promise<Answer> => host.call(made.url(), { json: {} });
    expectAccepted(await call());
    expectAccepted(await call());
    const refused = await call();
    expectError(refused, 429, 'rate_limited');
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(await countRuns(host, made.id)).toBe(2);
  });
});

describe('an answer made by a workflow', () => {
  const respond = (config: Record<string, unknown>): Node => ({ id: 'answer', type: 'respond', config });

  it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml; charset=utf-8', 'text/xml'])(
    'E5 of type %s is no document of ours: nosniff, and sandboxed without an origin',
    async (type) => {
      const made = await makeHook(host, {
        ...open,
        response: { mode: 'custom', headers: { 'Content-Type': type }, body: '<script>alert(1)</script>' },
      });
      const answer = await host.call(made.url(), { json: {} });
      expect(answer).toMatchObject({ status: 200, text: '<script>alert(1)</script>' });
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['content-security-policy']).toMatch(/^sandbox\b(?!.*allow-)/);
    },
  );

  it.each([
    ['CR LF', 'a\r\nSet-Cookie: stolen=1'],
    ['LF', 'a\nX-Injected: 1'],
    ['NUL', 'a\0b'],
  ])('E5 can not forge headers at run time by a value with %s', async (_what, value) => {
    const made = await makeHook(host, { ...open, response: { mode: 'respond' } }, [
      respond({ headers: { 'X-Value': '{{trigger.data.value}}' }, body: 'x' }),
    ]);
    const path = new URL(made.url()).pathname;
    const body = JSON.stringify({ value });
    const got = await exchange(
      host.receiver(),
      rawRequest(
        [
          `POST ${path} HTTP/1.1`,
          'Host: h',
          'Content-Type: application/json',
          `Content-Length: ${Buffer.byteLength(body)}`,
          'Connection: close',
        ],
        body,
      ),
    );
    expect(got.statuses).toHaveLength(1);
    expect(got.statuses[0]).toBe(500);
    expect(got.text.toLowerCase()).not.toMatch(/set-cookie|x-injected/);
  });

  it('E5 can not set its own length or coding', async () => {
    for (const name of ['Content-Length', 'Transfer-Encoding', 'Connection']) {
      const attempt = makeHook(host, { ...open, response: { mode: 'respond' } }, [
        respond({ headers: { [name]: '1' }, body: 'long enough' }),
      ]);
      await expect(attempt).rejects.toThrow(/422.*nodes\[1\]/);
    }
  });
});

describe('a run that takes longer than its caller waits', () => {
  it('E4 goes on when the caller has hung up in the middle of the wait, and is whole', async () => {
    const made = await makeHook(host, { ...open, response: { mode: 'lastNode' } }, [
      { id: 'pause', type: 'delay', config: { seconds: 1 } },
      { id: 'end', type: 'set', config: { fields: { end: true } } },
    ]);
    const path = new URL(made.url()).pathname;
    const got = await exchange(
      host.receiver(),
      rawRequest(
        [`POST ${path} HTTP/1.1`, 'Host: h', 'Content-Type: application/json', 'Content-Length: 2'],
        '{}',
      ),
      { deadlineMs: 300 },
    );
    expect(got.text).toBe('');
    const id = await until('the run', async () => {
      const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
      return listAt(json, 'items').length === 1 && textAt(json, 'items.0.id');
    });
    expect(at(await runIn(host, id), 'output')).toEqual({ end: true });
  });

  it('E4 that fails says so with the id and nothing of its insides', async () => {
    const made = await makeHook(host, { ...open, response: { mode: 'lastNode' } }, [
      { id: 'log', type: 'log', config: { message: 'inner-log-line' } },
      { id: 'bad', type: 'fail', name: 'Inner step', config: { message: 'inner-reason' } },
    ]);
    const answer = await host.call(made.url(), { json: {} });
    expectError(answer, 500, 'run_failed', { executionId: expect.stringMatching(/^run_/) });
    expect(answer.text).not.toMatch(/inner/i);
  });
});

describe('a length that says less than is sent', () => {
  it('E1 is the body; what follows is judged as the next request and refused', async () => {
    const made = await makeHook(host, open);
    const got = await exchange(
      host.receiver(),
      rawRequest(
        [
          `POST ${new URL(made.url()).pathname} HTTP/1.1`,
          'Host: h',
          'Content-Type: application/json',
          'Content-Length: 4',
        ],
        'true,"smuggled":1}\r\n\r\n',
      ),
    );
    expect(got).toMatchObject({ statuses: [200, 400], closed: true });
    expect(await countRuns(host, made.id)).toBe(1);
  });
});
