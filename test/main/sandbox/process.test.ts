import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  raiseChildProcess,
  raiseUtilityProcess,
  type UtilityProcess,
} from '../../../src/main/sandbox/wall.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { failureOf, openSandbox } from './open-sandbox.ts';

const workerUrl = new URL('../../../src/main/sandbox-worker.ts', import.meta.url);
const run = promisify(execFile);

function writeEntry(source: string): URL {
  const folder = makeTempDir();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'entry.mjs');
  writeFileSync(path, source);
  return pathToFileURL(path);
}

/** Ids of the processes this one started and that still run the sandbox entry. */
function sandboxProcesses(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isMine = new RegExp(`^PPid:\\s${parent}$`, 'm').test(
        readFileSync(`/proc/${name}/status`, 'utf8'),
      );
      const isSandbox = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('sandbox-worker');
      return isMine && isSandbox ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

describe('the sandbox process', () => {
  it('starts when first needed, not before, and ends with close', async () => {
    const sandbox = openSandbox();
    const before = sandboxProcesses(process.pid);
    await sandbox.evaluate('trigger.data', { trigger: { data: 1 } });
    expect(sandboxProcesses(process.pid)).toEqual(before);
    await sandbox.evaluate('1 + 1', {});
    expect(sandboxProcesses(process.pid)).toHaveLength(before.length + 1);
    await sandbox.runCode('return 1', {});
    expect(sandboxProcesses(process.pid)).toHaveLength(before.length + 2);
    await sandbox.close();
    await until('the processes to end', () => sandboxProcesses(process.pid).length === before.length);
    expect(await failureOf(sandbox.evaluate('1 + 1', {}))).toMatchObject({ code: 'interrupted' });
  });

  it('what is unanswered at close is interrupted', async () => {
    const sandbox = openSandbox();
    const asked = [sandbox.evaluate('1 + 1', {}), sandbox.runCode('for (;;);', {})].map(failureOf);
    await sandbox.close();
    for (const failure of await Promise.all(asked)) expect(failure.code).toBe('interrupted');
  });

  it('ends with the app and does not keep it running', async () => {
    const script = `
      const { createSandbox } = await import(${JSON.stringify(new URL('../../../src/main/sandbox/sandbox.ts', import.meta.url).href)});
      const sandbox = createSandbox({ workerUrl: new URL(${JSON.stringify(workerUrl.href)}) });
      console.log(await sandbox.evaluate('1 + 1', {}), (await sandbox.runCode('return 3', {})).value);
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      timeout: 20_000,
    });
    expect(stdout).toBe('2 3\n');
  });

  it('killed from outside, takes only the job at work with it', async () => {
    const sandbox = openSandbox({ poolSize: 1 });
    expect(await sandbox.evaluate('1 + 1', {})).toBe(2);
    const known = sandboxProcesses(process.pid);
    const endless = failureOf(sandbox.runCode('for (;;);', {}));
    const waiting = sandbox.evaluate('2 + 2', {});
    await new Promise(setImmediate);
    for (const pid of known) process.kill(pid, 'SIGKILL');
    expect(await endless).toMatchObject({ code: 'sandbox_limit' });
    expect(await waiting).toBe(4);
  });

  it('is not ended by the signals that stop the app', async () => {
    const sandbox = openSandbox();
    await sandbox.evaluate('1 + 1', {});
    const known = sandboxProcesses(process.pid);
    for (const pid of known)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await sandbox.evaluate('2 + 2', {})).toBe(4);
    expect(sandboxProcesses(process.pid)).toEqual(known);
  });

  it('has no environment of the app and may write and start nothing', async () => {
    process.env['HOOKYARD_API_TOKEN'] = 'hidden';
    onTestFinished(() => {
      delete process.env['HOOKYARD_API_TOKEN'];
    });
    const entry = writeEntry(`
      const tries = {
        env: () => Object.keys(process.env).filter((name) => name.startsWith('HOOKYARD')).length,
        write: () => process.getBuiltinModule('fs').writeFileSync('/tmp/hookyard-never', ''),
        spawn: () => process.getBuiltinModule('child_process').execFileSync('true'),
        thread: () => new (process.getBuiltinModule('worker_threads').Worker)('1', { eval: true }),
        code: () => Function('return 1')(),
      };
      const found = Object.entries(tries).map(([name, attempt]) => {
        try { return [name, attempt()]; } catch (error) { return [name, error.code ?? error.name]; }
      });
      process.on('message', ({ jobs: [{ id }] }) => process.send({
        ok: true, id, text: JSON.stringify(Object.fromEntries(found)), console: [],
      }));
      process.send('ready');
    `);
    const sandbox = openSandbox({ workerUrl: entry });
    expect(await sandbox.evaluate('1 + 1', {})).toEqual({
      env: 0,
      write: 'ERR_ACCESS_DENIED',
      spawn: 'ERR_ACCESS_DENIED',
      thread: 'ERR_ACCESS_DENIED',
      code: 'EvalError',
    });
  });

  it('one that does not start fails what was asked as a defect, and the next try starts anew', async () => {
    const sandbox = openSandbox({ workerUrl: writeEntry('throw new Error("broken")') });
    const failures = await Promise.all(
      [sandbox.evaluate('1 + 1', {}), sandbox.evaluate('2 + 2', {})].map(failureOf),
    );
    for (const failure of failures) expect(failure.code).toBe('internal');
    expect(await failureOf(sandbox.evaluate('3 + 3', {}))).toMatchObject({ code: 'internal' });
  });

  it('one that lies is ended, and nothing it says is believed', async () => {
    const sandbox = openSandbox({
      workerUrl: writeEntry(`
        let count = 0;
        process.on('message', ({ jobs }) => {
          for (const { id, source } of jobs) {
            if (source === '1 + 1') process.send({ ok: true, id: id + 1, text: '"stolen"', console: [] });
            else if (source === '2 + 2') process.send({ ok: true, id, text: 5, console: 'no' });
            else process.send({ ok: true, id, text: '"fine"', console: [] });
          }
        });
        process.send('ready');
      `),
    });
    const asked = ['1 + 1', '3 + 3', '2 + 2', '4 + 4'].map((expression) => sandbox.evaluate(expression, {}));
    expect(await Promise.allSettled(asked)).toMatchObject([
      { status: 'rejected', reason: { code: 'sandbox_limit' } },
      { status: 'fulfilled', value: 'fine' },
      { status: 'rejected', reason: { code: 'sandbox_limit' } },
      { status: 'fulfilled', value: 'fine' },
    ]);
  });
});

describe('two processes', () => {
  it('when expressions pile up behind a slow one, those that come later are done meanwhile', async () => {
    const sandbox = openSandbox({ expressionTimeoutMs: 20_000 });
    let isSlowDone = false;
    const slow = sandbox.evaluate('$count($map([1..150000], function($n){ $n * 2 }))', {}).then((value) => {
      isSlowDone = true;
      return value;
    });
    const pile = Array.from({ length: 64 }, (_, n) => sandbox.evaluate(`${n} + 1`, {}));
    expect(await sandbox.evaluate('2 + 2', {})).toBe(4);
    expect(isSlowDone).toBe(false);
    expect(await slow).toBe(150_000);
    expect(await Promise.all(pile)).toEqual(pile.map((_, n) => n + 1));
  });
});

describe('raiseUtilityProcess', () => {
  it('speaks through Electron’s utility process the way it does through a child process', async () => {
    const forks: string[] = [];
    const sandbox = openSandbox({
      raiseWall: raiseUtilityProcess((path, _args, options) => {
        forks.push(`${path.endsWith('sandbox-worker.ts')} ${options.serviceName}`);
        let onMessage: (message: unknown) => void = () => undefined;
        let onExit: (code: number) => void = () => undefined;
        const wall = raiseChildProcess(workerUrl, {
          onMessage: (message) => onMessage(message),
          onEnd: () => onExit(1),
        });
        const child: UtilityProcess = {
          postMessage: (message) => wall.post(message as Parameters<typeof wall.post>[0]),
          kill() {
            wall.kill();
            return true;
          },
          on(event: 'message' | 'exit', listener: (value: never) => void) {
            if (event === 'message') onMessage = listener as typeof onMessage;
            else onExit = listener as typeof onExit;
          },
        };
        return child;
      }),
    });
    expect(await sandbox.evaluate('1 + 1', {})).toBe(2);
    const bomb = failureOf(sandbox.evaluate('$split($pad("", 200000000), "")', {}));
    expect(await sandbox.evaluate('2 + 2', {})).toBe(4);
    expect(await bomb).toMatchObject({ code: 'sandbox_limit' });
    expect(forks).toEqual(['true Hookyard sandbox', 'true Hookyard sandbox']);
  });
});
