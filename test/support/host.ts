/**
 * A real headless host as a child process, for tests that come in through the front door: started on a data folder
 * of its own, known by its ready line, stopped politely or killed without warning.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');

/** The API token every test host knows, with every scope. */
export const API_TOKEN = 'test-token-of-a-test-host';

const ENTRIES = { sources: 'src/main/headless.ts', built: 'out/main/headless.js' } as const;

/** The first line on standard output (SPEC 1). */
export const readyLine = z.object({
  event: z.literal('ready'),
  receiver: z.url(),
  admin: z.url().optional(),
  dataDir: z.string(),
  version: z.string(),
});

export interface HostOptions {
  /** A folder of the test's; the host's data goes to `data` in it, its settings and keys to `config`. */
  folder: string;
  /** Run the sources as they are (default), the build in out/, or an entry of the test's own by its path. */
  program?: keyof typeof ENTRIES | { readonly entry: string };
  /** A program with its options that runs the host in turn, without being its parent (`strace -D`). */
  under?: readonly string[];
  /** Further options; the ports are free ones unless named here. */
  options?: readonly string[];
  /** Variables beside the present ones. */
  env?: Record<string, string>;
  /** How long it may take to be ready; 20 s unless told. */
  deadlineMs?: number;
}

export interface TestHost {
  ready: z.infer<typeof readyLine>;
  /** Base URL of the receiver. */
  receiver: string;
  /** From spawn to ready line. */
  startedInMs: number;
  pid: number;
  /** Everything said on standard error so far. */
  log: () => string;
  /** Resolves when the process has ended, by itself or not. */
  ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGTERM; resolves to the exit code. */
  stop: () => Promise<number | null>;
  /** SIGKILL, as a power cut would; resolves when the process is gone. */
  kill9: () => Promise<void>;
}

/** How a host ended that never became ready. */
export interface RefusedStart {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts a host and waits for its ready line. Throws with its own words when it ends or stays silent instead. */
export async function startHost(options: HostOptions): Promise<TestHost> {
  const spawnedAt = performance.now();
  const child = spawnHost(options);
  const stderr = collect(child.stderr);
  const exited = exitOf(child);
  const silence = AbortSignal.timeout(options.deadlineMs ?? 20_000);
  const line = await firstOf(child, exited, silence).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`The host did not get ready: ${String(error)}\n${stderr()}`, { cause: error });
  });
  const ready = readyLine.parse(JSON.parse(line));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return (await exited).code;
  };
  return {
    ready,
    receiver: ready.receiver,
    startedInMs: performance.now() - spawnedAt,
    pid: child.pid ?? -1,
    log: stderr,
    ended: exited,
    stop: () => end('SIGTERM'),
    kill9: async () => {
      await end('SIGKILL');
    },
  };
}

/** Starts a host that is expected to refuse (bad option, busy port, second instance) and waits for its end. */
export async function startRefused(options: HostOptions): Promise<RefusedStart> {
  const child = spawnHost(options);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const { code } = await exitOf(child);
  return { code, stdout: stdout(), stderr: stderr() };
}

function spawnHost(given: HostOptions): ChildProcess {
  const { folder, program = 'sources', options = [], env = {}, under = [] } = given;
  const config = join(folder, 'config');
  mkdirSync(config, { recursive: true });
  const has = (name: string): boolean =>
    options.some((option) => option === name || option.startsWith(`${name}=`));
  const defaults = [
    ...(has('--data-dir') ? [] : ['--data-dir', join(folder, 'data')]),
    ...(has('--port') ? [] : ['--port', '0']),
    ...(has('--admin-port') || has('--no-admin') ? [] : ['--admin-port', '0']),
    ...(has('--log') ? [] : ['--log', 'json']),
  ];
  const entry = typeof program === 'string' ? join(ROOT, ENTRIES[program]) : program.entry;
  const [command = '', ...args] = [...under, process.execPath, entry, ...defaults, ...options];
  return spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CONFIG_HOME: config, HOOKYARD_API_TOKEN: API_TOKEN, ...env },
  });
}

function collect(stream: ChildProcess['stdout']): () => string {
  let said = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return () => said;
}

function exitOf(child: ChildProcess): TestHost['ended'] {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done({ code, signal }));
  });
}

async function firstOf(
  child: ChildProcess,
  exited: Promise<{ code: number | null }>,
  silence: AbortSignal,
): Promise<string> {
  if (!child.stdout) throw new Error('it has no standard output');
  const lines = createInterface({ input: child.stdout });
  return new Promise((done, fail) => {
    lines.once('line', done);
    silence.addEventListener('abort', () => fail(new Error('no ready line in time')));
    exited.then(({ code }) => fail(new Error(`it ended with code ${String(code)}`)), fail);
  });
}
