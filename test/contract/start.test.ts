/** Starting the headless host: its ready line, its options, its exit codes (SPEC 1). */
import { spawn } from 'node:child_process';
import { mkdirSync, statSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startHost, startRefused } from '../support/host.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { at } from './support/at.ts';
import { compiled } from './support/contract-host.ts';
import { send } from './support/send.ts';

/** Not what is tested: compiling the sources anew at every start. */
const sooner = { NODE_COMPILE_CACHE: compiled };

const temp = makeTempDir();
afterAll(temp.remove);
let folders = 0;
const folder = (): string => {
  folders += 1;
  const path = join(temp.path, `f${folders}`);
  mkdirSync(path);
  return path;
};

/** Starts a host with exactly these arguments and variables, sends SIGTERM at its first line, and tells all it said. */
async function whole(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const entry = resolve(import.meta.dirname, '../../src/main/headless.ts');
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: join(folder(), 'config'), ...sooner, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (stdout.includes('\n')) child.kill('SIGTERM');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

describe.concurrent('the ready line', () => {
  it('is the one thing on standard output, JSON with the fields of the contract; SIGTERM then exits 0', async () => {
    const dataDir = join(folder(), 'data');
    const said = await whole(
      ['--data-dir', dataDir, '--port', '0', '--admin-port', '0', '--log', 'json'],
      {},
    );
    expect(said.code, said.stderr).toBe(0);
    const lines = said.stdout.split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe('');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      event: 'ready',
      receiver: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      admin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{22,}$/),
      dataDir,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    const token = /token=([\w-]+)/.exec(said.stdout)?.[1] ?? '-';
    expect(said.stderr).not.toContain(token);
    for (const line of said.stderr.trim().split('\n').filter(Boolean))
      expect(() => JSON.parse(line)).not.toThrow();
  });

  it('follows options given as environment variables, and the command line wins over them', async () => {
    const said = await whole(['--port', '0'], {
      HOOKYARD_DATA_DIR: join(folder(), 'data'),
      HOOKYARD_PORT: '1',
      HOOKYARD_HOST: '127.0.0.1',
      HOOKYARD_NO_ADMIN: '1',
      HOOKYARD_LOG: 'json',
      HOOKYARD_PUBLIC_URL: 'https://hooks.example.test',
    });
    expect(said.code, said.stderr).toBe(0);
    const ready: unknown = JSON.parse(said.stdout);
    expect(at(ready, 'admin')).toBeUndefined();
    expect(at(ready, 'receiver')).not.toBe('http://127.0.0.1:1');
  });

  it('without --log json leaves readable logs on standard error and nothing on standard output', async () => {
    const said = await whole(['--data-dir', join(folder(), 'data'), '--port', '0', '--no-admin'], {});
    expect(said.stdout.trim().split('\n')).toHaveLength(1);
    expect(() => JSON.parse(said.stderr)).toThrow();
  });
});

describe.concurrent('options', () => {
  it.each([
    ['an unknown one', ['--colour', 'red']],
    ['a port that is none', ['--port', 'many']],
    ['a port out of range', ['--port', '65536']],
    ['a public URL that is none', ['--public-url', 'not a url']],
    ['a log format there is not', ['--log', 'loud']],
    ['one without its value', ['--data-dir']],
    ['a word', ['serve']],
  ])('%s: one clear line and exit 2', async (_what, options) => {
    const said = await startRefused({ env: sooner, folder: folder(), options });
    expect(said).toMatchObject({ code: 2, stdout: '' });
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
    expect(said.stderr).not.toMatch(/\n\s+at /);
  });

  it('--no-admin opens no admin port, --public-url stands in the URLs', async () => {
    const host = await startHost({
      env: sooner,
      folder: folder(),
      options: ['--no-admin', '--public-url', 'https://hooks.example.test'],
    });
    try {
      expect(host.ready.admin).toBeUndefined();
      const headers = { authorization: 'Bearer test-token-of-a-test-host' };
      const list = await send(`${host.receiver}/v1/endpoints`, { headers });
      expect(String(at(list.json, 'items.0.url'))).toMatch(/^https:\/\/hooks\.example\.test\/hooks\//);
    } finally {
      await host.stop();
    }
  });

  it('HOOKYARD_API_TOKEN holds for the life of the process and is no stored token', async () => {
    const where = folder();
    const first = await startHost({
      folder: where,
      env: { ...sooner, HOOKYARD_API_TOKEN: 'only-this-time' },
      options: ['--no-admin'],
    });
    const headers = { authorization: 'Bearer only-this-time' };
    expect((await send(`${first.receiver}/v1/tokens`, { headers })).json).toMatchObject({ items: [] });
    await first.stop();
    const second = await startHost({ env: sooner, folder: where, options: ['--no-admin'] });
    try {
      expect((await send(`${second.receiver}/v1/status`, { headers })).status).toBe(401);
    } finally {
      await second.stop();
    }
  });
});

describe.concurrent('exit codes', () => {
  it('3 for a second instance on the same data folder, by any path to it; the first is not disturbed', async () => {
    const where = folder();
    const first = await startHost({ env: sooner, folder: where, options: ['--no-admin'] });
    const second = await startRefused({
      env: sooner,
      folder: where,
      options: ['--data-dir', `${where}/./config/../data`],
    });
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect((await send(`${first.receiver}/healthz`)).status).toBe(200);
    await first.kill9();
    const third = await startHost({ env: sooner, folder: where, options: ['--no-admin'] });
    expect(await third.stop()).toBe(0);
  });

  it('4 for a port in use, named in one line: receiver and admin', async () => {
    const taken = createServer();
    await new Promise<void>((done) => {
      taken.listen(0, '127.0.0.1', done);
    });
    const address = taken.address();
    const port = String(typeof address === 'object' && address !== null ? address.port : 0);
    for (const option of ['--port', '--admin-port']) {
      const said = await startRefused({ env: sooner, folder: folder(), options: [option, port] });
      expect(said).toMatchObject({ code: 4, stdout: '' });
      expect(said.stderr.trim().split('\n')).toHaveLength(1);
      expect(said.stderr).toContain(port);
    }
    taken.close();
  });
});

describe('the data folder', () => {
  it('is the owner’s alone: folder 0700, files 0600', async () => {
    const where = folder();
    const host = await startHost({ env: sooner, folder: where, options: ['--no-admin'] });
    const data = join(where, 'data');
    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(data))
      expect({ name, mode: statSync(join(data, name)).mode & 0o077 }).toEqual({ name, mode: 0 });
    await host.stop();
  });
});
