/**
 * `npm start` and `npm run headless` as a person meets them: in a copy of the project whose build is a stand-in for
 * the host, so that only the scripts are on trial.
 */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Says it is ready, then waits for a signal; `--refuse` ends it as a bad option would. */
const STAND_IN_HOST = `
if (process.argv.includes('--refuse')) { console.error('Unknown option --refuse.'); process.exit(2); }
console.error('options: ' + process.argv.slice(2).join(' '));
process.on('SIGTERM', () => { console.error('stopped politely'); process.exit(0); });
console.log(JSON.stringify({ event: 'ready', receiver: 'http://127.0.0.1:4665',
  admin: 'http://127.0.0.1:4666/#token=t0ken', dataDir: process.env.STAND_IN_DATA, version: '0.1.0' }));
setInterval(() => {}, 1000);
`;

let folder: TempDir;

beforeEach(() => {
  folder = makeTempDir();
  const inside = (path: string): string => join(folder.path, path);
  cpSync(join(ROOT, 'resources/scripts'), inside('resources/scripts'), { recursive: true });
  for (const made of ['src', 'out/main', 'out/renderer', 'data', 'node_modules']) {
    mkdirSync(inside(made), { recursive: true });
  }
  writeFileSync(inside('package.json'), '{"type":"module"}');
  writeFileSync(inside('out/main/headless.js'), STAND_IN_HOST);
  writeFileSync(inside('out/renderer/index.html'), '<title>built</title>');
  writeFileSync(inside('data/sample-curl.txt'), "curl -d '{}' http://127.0.0.1:4665/hooks/sample\n");
  writeFileSync(inside('out/.built'), '');
  utimesSync(inside('out/.built'), Date.now() / 1_000, Date.now() / 1_000 + 60);
  return () => folder.remove();
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a script; once `stopWhen` was said on standard output, it is told to stop. */
function runScript(
  name: string,
  args: string[],
  env: Record<string, string>,
  stopWhen?: string,
): Promise<Ended> {
  const child = spawn(process.execPath, [join(folder.path, 'resources/scripts', name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, CI: '1', STAND_IN_DATA: join(folder.path, 'data'), ...env },
  });
  const said = { stdout: '', stderr: '' };
  let isTold = false;
  const hear = (stream: 'stdout' | 'stderr') => (text: string) => {
    said[stream] += text;
    if (stopWhen === undefined || isTold || !said.stdout.includes(stopWhen)) return;
    isTold = true;
    child.kill('SIGTERM');
  };
  child.stdout.setEncoding('utf8').on('data', hear('stdout'));
  child.stderr.setEncoding('utf8').on('data', hear('stderr'));
  return new Promise((done) => child.once('close', (code) => done({ code, ...said })));
}

/** An Electron runtime that tells its arguments and ends with a code. */
function makeRuntime(code: number): Record<string, string> {
  const dist = join(folder.path, 'runtime');
  mkdirSync(dist);
  writeFileSync(join(dist, 'electron'), `#!/bin/sh\necho "window: $*"\nexit ${code}\n`);
  chmodSync(join(dist, 'electron'), 0o755);
  return { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: dist };
}

describe('npm start', () => {
  test('without a display says why, gives the link and a curl line, and stops the host when told', async () => {
    const { code, stdout, stderr } = await runScript('start.mjs', ['--port', '0'], {}, 'Ctrl-C stops it');
    expect(stdout).toMatch(/^Starting without a window, because there is no display here/);
    expect(stdout).toContain('http://127.0.0.1:4666/#token=t0ken');
    expect(stdout).toContain("curl -d '{}' http://127.0.0.1:4665/hooks/sample");
    expect(stderr).toContain('options: --port 0');
    expect(stderr).toContain('stopped politely');
    expect(code).toBe(0);
  });

  test('with a display and a runtime opens the window with the options, and ends with its code', async () => {
    const { code, stdout } = await runScript('start.mjs', ['--data-dir', '/x'], makeRuntime(3));
    expect(stdout).toMatch(new RegExp(`window: (--no-sandbox )?${folder.path} --data-dir /x`));
    expect(code).toBe(3);
  });

  test('falls back to the host when the runtime cannot run here', async () => {
    const { stdout } = await runScript('start.mjs', [], makeRuntime(127), 'Ctrl-C stops it');
    expect(stdout).toContain('because Electron could not run here (it ended at once with code 127)');
    expect(stdout).toContain('http://127.0.0.1:4666/#token=t0ken');
  });

  test('falls back to the host when the named folder holds no runtime', async () => {
    const env = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: join(folder.path, 'data') };
    const { stdout } = await runScript('start.mjs', [], env, 'Ctrl-C stops it');
    expect(stdout).toContain('because ELECTRON_OVERRIDE_DIST_PATH holds no electron');
  });

  test("passes the host's refusal on", async () => {
    const { code, stderr } = await runScript('start.mjs', ['--refuse'], {});
    expect(stderr).toContain('Unknown option --refuse.');
    expect(code).toBe(2);
  });
});

describe('npm run headless', () => {
  test('has the ready line first on standard output and nothing else', async () => {
    const { code, stdout } = await runScript('headless.mjs', ['--no-admin'], {}, 'ready');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'ready', version: '0.1.0' });
    expect(code).toBe(0);
  });

  test("passes the host's refusal on and keeps standard output empty", async () => {
    expect(await runScript('headless.mjs', ['--refuse'], {})).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Unknown option --refuse.\n',
    });
  });

  test('builds when a source is newer than the build, and keeps standard output clear of it', async () => {
    const source = join(folder.path, 'src/new.ts');
    writeFileSync(source, '');
    utimesSync(source, Date.now() / 1_000, Date.now() / 1_000 + 120);
    const { code, stdout, stderr } = await runScript('headless.mjs', [], {});
    expect(stderr).toMatch(/^Building Hookyard \((sources changed|first start)\) …\nThe build failed:/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

describe('preflight', () => {
  test('refuses an old Node in one line that says what to do', async () => {
    const script = `
      Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });
      Object.defineProperty(process, 'version', { value: 'v20.20.2' });
      await import(${JSON.stringify(join(ROOT, 'resources/scripts/preflight.mjs'))});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((done) => child.once('close', done));
    expect(stderr).toMatch(/^Hookyard needs Node 24 .* but this is v20\.20\.2 at .*\n$/);
    expect(code).toBe(1);
  });

  test('is plain enough for the old Nodes it has to refuse', () => {
    const text = readFileSync(join(ROOT, 'resources/scripts/preflight.mjs'), 'utf8');
    expect(text).not.toMatch(/^import /m);
  });
});
