/** A sandbox over the real worker entry, closed when the test ends, and what its tests ask of it over and over. */
import { expect, onTestFinished } from 'vitest';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/main/sandbox/sandbox.ts';
import { AppError } from '../../../src/shared/errors.ts';

const workerUrl = new URL('../../../src/main/sandbox-worker.ts', import.meta.url);

export function openSandbox(options: Partial<SandboxOptions> = {}): Sandbox {
  const sandbox = createSandbox({ workerUrl, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The AppError a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Stands for any reason a person can read. */
export const someReason: unknown = expect.stringMatching(/\w{3}/);
