/**
 * The wall around hostile work: a process of its own. A thread is not enough: V8 ends the whole process when an expression
 * asks for one large block of memory (`$split` of a long text, `$uppercase` of a doubled one), whatever a
 * worker's resource limits say. The process sees no environment, writes no file and starts no program.
 */
import { fork } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Batch } from './protocol.ts';

/** Heap of a sandbox process (QuickJS has its own limit outside of it), with a nursery that keeps it small when busy. */
const ENGINE_FLAGS = [
  '--max-old-space-size=256',
  '--max-semi-space-size=4',
  '--disallow-code-generation-from-strings',
];
/** What is kept of a dying process's last words. */
const MAX_WORDS = 2000;

/** A running sandbox process, from outside. */
export interface Wall {
  post(batch: Batch): void;
  /** Ends it at once; no event follows. */
  kill(): void;
  /** Keep the app running while answers are due, or not. */
  hold(): void;
  release(): void;
}

export interface WallEvents {
  onMessage(message: unknown): void;
  /** It ended by itself and all it said has been delivered. */
  onEnd(lastWords: string): void;
}

/** The line that tells why a process died, out of the stack dumps around it. */
function headline(words: string): string {
  const lines = words.split('\n').map((line) => line.trim());
  return lines.find((line) => /fatal|error/i.test(line)) ?? lines[0] ?? '';
}

/** Starts a sandbox process from its entry file. */
export type RaiseWall = (entry: URL, events: WallEvents) => Wall;

/** Only what the language itself needs; tokens and other secrets of the app's environment stay outside. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['SystemRoot', 'TZ'].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

/** A Node child process (headless host, tests). */
export const raiseChildProcess: RaiseWall = (entry, events) => {
  const fence = process.versions['electron'] === undefined ? ['--permission', '--allow-fs-read=*'] : [];
  const child = fork(fileURLToPath(entry), [], {
    execArgv: [...ENGINE_FLAGS, ...fence],
    env: bareEnvironment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    events.onEnd(headline(words));
  };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(0, MAX_WORDS);
  });
  child.on('message', (message) => {
    if (!isOver) events.onMessage(message);
  });
  // The channel closes after its last message was read; `exit` alone may come before that.
  child.on('disconnect', end);
  child.on('error', (error) => {
    words += error.message;
    end();
  });
  const release = (): void => {
    child.unref();
    child.channel?.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
  };
  release();
  return {
    post(batch) {
      // Whether it could be delivered shows at the end of the channel.
      if (child.connected) child.send(batch, () => undefined);
    },
    kill() {
      isOver = true;
      child.kill('SIGKILL');
    },
    hold() {
      child.channel?.ref();
    },
    release,
  };
};

/** The part of Electron's `utilityProcess.fork` that is used here. */
export interface UtilityProcess {
  postMessage(message: unknown): void;
  kill(): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

export type ForkUtility = (
  path: string,
  args: string[],
  options: { execArgv: string[]; env: NodeJS.ProcessEnv; stdio: 'ignore'; serviceName: string },
) => UtilityProcess;

/** The same wall in the packaged desktop app, where Electron runs no plain Node processes: pass `utilityProcess.fork`. */
export function raiseUtilityProcess(forkUtility: ForkUtility): RaiseWall {
  return (entry, events) => {
    const child = forkUtility(fileURLToPath(entry), [], {
      execArgv: ENGINE_FLAGS,
      env: bareEnvironment(),
      stdio: 'ignore',
      serviceName: 'Hookyard sandbox',
    });
    let isOver = false;
    child.on('message', (message) => {
      if (!isOver) events.onMessage(message);
    });
    child.on('exit', (code) => {
      if (!isOver) events.onEnd(`exit code ${code}`);
      isOver = true;
    });
    return {
      post: (batch) => child.postMessage(batch),
      kill() {
        isOver = true;
        child.kill();
      },
      // Electron's own loop runs until the app quits.
      hold: () => undefined,
      release: () => undefined,
    };
  };
}
