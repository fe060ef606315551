/**
 * The project's folder and the few ways its scripts start other programs: wait for one and learn its exit
 * code, or hand over to one so that signals and exit code pass through as if it had been started directly.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** An absolute path inside the project. */
export const at = (...parts) => join(ROOT, ...parts);

/** The environment of npm scripts (tools found by name), also when a script is started by hand. */
export function toolEnv(extra = {}) {
  const bin = at('node_modules/.bin');
  const path = process.env.PATH ?? '';
  return {
    ...process.env,
    PATH: path.split(delimiter).includes(bin) ? path : bin + delimiter + path,
    ...extra,
  };
}

/** Runs a program of node_modules to its end; resolves to its exit code and, when captured, all it said. */
export function run(command, args, { capture = false, env = {}, stdio = 'inherit', timeoutMs } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: toolEnv(capture ? { NO_COLOR: '1', FORCE_COLOR: '0', ...env } : env),
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : stdio,
      shell: process.platform === 'win32' && !isAbsolute(command),
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', (error) => finish(127, `${said}${error.message}\n`));
    child.once('close', (code, signal) => finish(exitCode(code, signal), said));
    const finish = (code, output) => {
      clearTimeout(timer);
      done({ code, output });
    };
  });
}

/** The number a shell would report for this end of a process. */
export function exitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/** How often a script started by npm looks whether npm is still there. */
const ORPHAN_CHECK_MS = 500;

/**
 * Passes this process's signals on to the child. An interrupt typed at a terminal reaches the whole group by
 * itself, so it is only passed on where there is no terminal; each kind is passed on once. A script whose npm went
 * away (the shell between them takes the signal and dies) ends its child as well.
 */
export function passSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let isSent = false;
    process.on(signal, () => {
      if (isSent || (signal === 'SIGINT' && process.stdin.isTTY)) return;
      isSent = true;
      child.kill(signal);
    });
  }
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, ORPHAN_CHECK_MS);
  watch.unref();
}
