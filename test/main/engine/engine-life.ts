/** A life of an install in a process of its own, which the test may end at any moment. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const entry = new URL('./engine-process.ts', import.meta.url).pathname;

export interface Life {
  /** Resolves when the process said this. */
  said(word: string): Promise<void>;
  kill(): Promise<void>;
}

/** Starts it on a data folder with its vault key. */
export function startLife(dataDir: string, key: Buffer): Life {
  const child = spawn(process.execPath, [entry, dataDir, key.toString('base64')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const words = new Set<string>();
  const listeners: (() => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.add(line);
    for (const listener of listeners) listener();
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    said: (word) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (words.has(word)) resolve();
        };
        listeners.push(look);
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
