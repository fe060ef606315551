/** The headless host as a process: ready line, options, exit codes, ends, restarts (SPEC 1). */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { settingsSchema, workflowSchema } from '../../../src/shared/contract/views.ts';
import { readyLine, startHost, startRefused, type TestHost } from '../../support/host.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import { callV1 } from '../../support/v1.ts';

let dir: TempDir;
const running: TestHost[] = [];

async function start(options: Parameters<typeof startHost>[0]): Promise<TestHost> {
  const host = await startHost(options);
  running.push(host);
  return host;
}

beforeEach(() => {
  dir = makeTempDir();
});
afterEach(async () => {
  for (const host of running.splice(0)) await host.kill9().catch(() => undefined);
  dir.remove();
});

/** A port somebody else listens on while the task runs. */
async function whileTaken<Result>(task: (port: number) => Promise<Result>): Promise<Result> {
  const blocker = createServer();
  const port = await new Promise<number>((done) => {
    blocker.listen(0, '127.0.0.1', () => {
      const address = blocker.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  try {
    return await task(port);
  } finally {
    await new Promise((done) => blocker.close(done));
  }
}

describe('the ready line', () => {
  it('is the first and only thing on standard output, and names what listens', async () => {
    const host = await start({ folder: dir.path });
    expect(Object.keys(host.ready)).toEqual(['event', 'receiver', 'admin', 'dataDir', 'version']);
    expect(host.ready.receiver).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(host.ready.admin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{43}$/);
    expect(host.ready.dataDir).toBe(join(dir.path, 'data'));
    expect((await fetch(`${host.receiver}/healthz`)).status).toBe(200);
    expect(await host.stop()).toBe(0);
  });

  it('has no admin port when none was wanted', async () => {
    const host = await start({ folder: dir.path, options: ['--no-admin'] });
    expect(host.ready.admin).toBeUndefined();
    expect(await host.stop()).toBe(0);
  });

  it('never carries the launch token into the log', async () => {
    const host = await start({ folder: dir.path, options: ['--log', 'json'] });
    const token = new URL(host.ready.admin ?? '').hash.slice('#token='.length);
    await fetch(new URL('/', host.ready.admin));
    await host.stop();
    expect(host.log()).not.toContain(token);
    for (const line of host.log().trim().split('\n')) expect(() => void JSON.parse(line)).not.toThrow();
  });
});

describe('options', () => {
  it('that are unknown or bad end the start in one clear line, with exit code 2', async () => {
    for (const [options, word] of [
      [['--nonsense'], 'nonsense'],
      [['--port', 'eighty'], '--port'],
    ] as const) {
      const { code, stdout, stderr } = await startRefused({ folder: dir.path, options });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(word);
    }
  });

  it('are taken from the environment too, the command line winning', async () => {
    const host = await start({
      folder: dir.path,
      options: ['--public-url', 'https://line.example.com'],
      env: { HOOKYARD_PUBLIC_URL: 'https://env.example.com', HOOKYARD_NO_ADMIN: '1', HOOKYARD_LOG: 'text' },
    });
    expect(host.ready.admin).toBeUndefined();
    const { body } = await callV1(host.receiver, 'GET', '/v1/settings');
    expect(settingsSchema.parse(body).publicUrl).toBe('https://line.example.com');
    const bad = await startRefused({ folder: join(dir.path, 'other'), env: { HOOKYARD_HOST: 'a b' } });
    expect(bad.code).toBe(2);
  });

  it('are explained, and the version told, without starting anything', async () => {
    const entry = resolve(import.meta.dirname, '../../../src/main/headless.ts');
    const run = promisify(execFile);
    const help = await run(process.execPath, [entry, '--help']);
    for (const name of [
      '--data-dir',
      '--host',
      '--port',
      '--admin-port',
      '--no-admin',
      '--public-url',
      '--log',
    ]) {
      expect(help.stdout).toContain(name);
    }
    expect((await run(process.execPath, [entry, '--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('what is in the way', () => {
  it('I6 a receiver port in use ends the start with code 4 and a line that names the port', async () => {
    const { code, stdout, stderr } = await whileTaken((port) =>
      startRefused({ folder: dir.path, options: ['--port', String(port), '--log', 'text'] }).then((end) => ({
        ...end,
        stderr: end.stderr.replaceAll(String(port), 'PORT'),
      })),
    );
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('PORT');
  });

  it('so does an admin port in use, and the data folder is free again at once', async () => {
    const end = await whileTaken((port) =>
      startRefused({ folder: dir.path, options: ['--admin-port', String(port)] }),
    );
    expect([end.code, end.stdout]).toEqual([4, '']);
    expect(await (await start({ folder: dir.path })).stop()).toBe(0);
  });

  it('I7 a second instance on the same data folder, under whatever name, ends with code 3 and changes nothing', async () => {
    const first = await start({ folder: dir.path });
    const link = join(dir.path, 'linked');
    symlinkSync(join(dir.path, 'data'), link);
    for (const folder of [join(dir.path, 'data'), link]) {
      const { code, stdout, stderr } = await startRefused({
        folder: dir.path,
        options: ['--data-dir', folder],
      });
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toContain('instance');
    }
    expect((await callV1(first.receiver, 'GET', '/v1/status')).status).toBe(200);
    // After a kill the folder is free at once.
    await first.kill9();
    expect(await (await start({ folder: dir.path })).stop()).toBe(0);
  });

  it('a key file others can read is refused with the way to mend it', async () => {
    const host = await start({ folder: dir.path });
    await host.stop();
    const keys = join(dir.path, 'config', 'hookyard', 'keys');
    const [name = ''] = readdirSync(keys);
    expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
    chmodSync(join(keys, name), 0o644);
    const { code, stderr } = await startRefused({ folder: dir.path });
    expect(code).toBe(1);
    expect(stderr).toContain('chmod 600');
  });

  it('a lost key file leaves everything readable and its endpoints refusing until their secret is set again', async () => {
    const host = await start({ folder: dir.path });
    const document = {
      name: 'Keyed',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: { auth: { scheme: 'apiKey', key: 'the key of this endpoint' } },
        },
      ],
    };
    const made = workflowSchema.parse(
      (await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', document)).body,
    );
    await host.stop();
    rmSync(join(dir.path, 'config', 'hookyard', 'keys'), { recursive: true });
    const again = await start({ folder: dir.path });
    const post = () =>
      fetch(`${again.receiver}/hooks/keyed`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json', 'x-api-key': 'the key of this endpoint' },
      });
    const refused = await post();
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: 'endpoint_misconfigured' }]);
    expect(again.log()).toContain('a key that is not here');
    expect((await callV1(again.receiver, 'GET', `/v1/workflows/${made.id}`)).status).toBe(200);
    await callV1(again.receiver, 'PUT', `/v1/workflows/${made.id}`, document);
    expect((await post()).status).toBe(200);
  });
});

describe('the end', () => {
  it('H4 comes in order on SIGTERM: what is in flight is answered, the log emptied into the database, exit 0', async () => {
    const host = await start({ folder: dir.path });
    const waiting = {
      name: 'Slow',
      nodes: [
        { id: 'hook', type: 'webhook', config: { auth: { scheme: 'none' }, response: { mode: 'lastNode' } } },
        {
          id: 'think',
          type: 'code',
          config: { code: 'const end = Date.now() + 700; while (Date.now() < end); return "done";' },
        },
      ],
      edges: [{ source: 'hook', target: 'think' }],
    };
    await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', waiting);
    const answer = fetch(`${host.receiver}/hooks/slow`, {
      method: 'POST',
      body: '1',
      headers: { 'content-type': 'application/json' },
    });
    await expect
      .poll(async () => JSON.stringify((await callV1(host.receiver, 'GET', '/v1/requests?limit=1')).body), {
        timeout: 10_000,
      })
      .toContain('/hooks/slow');
    const stopped = host.stop();
    const response = await answer;
    expect([response.status, await response.json()]).toEqual([200, 'done']);
    expect(await stopped).toBe(0);
    expect(readdirSync(join(dir.path, 'data'))).not.toContain('hookyard.db-wal');
  });

  it('is not held up by those who listen to changes or wait for a run', async () => {
    const host = await start({ folder: dir.path });
    const authorization = 'Bearer test-token-of-a-test-host';
    const changes = await fetch(`${host.receiver}/v1/changes`, { headers: { authorization } });
    expect(changes.headers.get('content-type')).toBe('text/event-stream');
    const { body } = await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', {
      name: 'Long',
      nodes: [
        { id: 'go', type: 'manual' },
        { id: 'pause', type: 'delay', config: { seconds: 600 } },
      ],
      edges: [{ source: 'go', target: 'pause' }],
    });
    const { id } = workflowSchema.parse(body);
    const waiting = callV1(host.receiver, 'POST', `/v1/workflows/${id}/runs`, { wait: true });
    await expect
      .poll(async () =>
        JSON.stringify((await callV1(host.receiver, 'GET', '/v1/workflow-runs?limit=1')).body),
      )
      .toContain('"status":"waiting"');
    const askedAt = performance.now();
    expect(await host.stop()).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    expect((await waiting).body).toMatchObject({ status: 'waiting' });
    expect(await changes.text()).toContain('event: message');
  });

  it('keeps everything for the next start, the sample seeded once', async () => {
    const host = await start({ folder: dir.path });
    const list = z.object({ items: z.array(z.object({ id: z.string() })) });
    const before = list.parse((await callV1(host.receiver, 'GET', '/v1/workflows')).body);
    await callV1(host.receiver, 'DELETE', `/v1/workflows/${before.items[0]?.id}`);
    await host.stop();
    const again = await start({ folder: dir.path });
    expect(list.parse((await callV1(again.receiver, 'GET', '/v1/workflows')).body).items).toEqual([]);
  });

  it('leaves a data folder only its user can read', async () => {
    mkdirSync(join(dir.path, 'open'), { mode: 0o755 });
    const host = await start({ folder: dir.path });
    const data = join(dir.path, 'data');
    expect(statSync(data).mode & 0o077).toBe(0);
    for (const name of readdirSync(data)) expect(statSync(join(data, name)).mode & 0o077, name).toBe(0);
    await host.stop();
    expect(readyLine.parse(host.ready).dataDir).toBe(data);
    expect(readFileSync(join(data, 'sample-curl.txt'), 'utf8')).toContain('curl -X POST');
  });
});
