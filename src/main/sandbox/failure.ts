/** How a job fails inside the sandbox process: thrown there, sent back as the job's answer. */
import type { SandboxCode } from './protocol.ts';

/** A failed job. `details` are JSON and reach the AppError as they are; their `reason` is the message unless given. */
export class SandboxFailure extends Error {
  readonly code: SandboxCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: SandboxCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'SandboxFailure';
    this.code = code;
    this.details = { reason: message, ...details };
  }
}
