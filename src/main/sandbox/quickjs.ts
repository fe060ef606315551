/**
 * Runs the JavaScript of a code step in QuickJS compiled to WebAssembly: a fresh instance per run, with nothing of the
 * host inside it. Text in, text out; memory, time, output and console are limited.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { JSException, QuickJS } from 'quickjs-wasi';
import { z } from 'zod';
import { SandboxFailure } from './failure.ts';
import { type ConsoleLine, consoleLevels, MAX_RESULT_BYTES } from './protocol.ts';
import { prelude } from './quickjs-prelude.ts';

/** Stack of the guest in bytes: ends deep recursion as an error the code itself can catch. */
const STACK_BYTES = 256 * 1024;
/** The name of the step's code in its stack traces. */
const FILE = 'code';
/** Time to read the console of a run that was broken off. */
const GRACE_MS = 50;

export interface CodeRun {
  readonly code: string;
  /** JSON of `input`; undefined for none. */
  readonly inputText: string | undefined;
  readonly limitMs: number;
  readonly memoryBytes: number;
}

export interface CodeOutcome {
  /** JSON of the returned value; null for none. */
  readonly text: string | null;
  readonly console: readonly ConsoleLine[];
}

const endSchema = z.object({
  state: z.enum(['pending', 'done', 'failed', 'unwritable']),
  error: z.object({ name: z.string(), message: z.string(), stack: z.string() }).nullable(),
  console: z.array(z.object({ level: z.enum(consoleLevels), text: z.string() })),
});
type End = z.infer<typeof endSchema>;

let engine: WebAssembly.Module | undefined;

/** The engine, compiled once per process. */
function loadEngine(): WebAssembly.Module {
  if (engine !== undefined) return engine;
  const path = createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm');
  engine = new WebAssembly.Module(readFileSync(path));
  return engine;
}

/** The line of the step's code a stack trace names first. */
function lineIn(stack: string | undefined): number | undefined {
  const line = /\bcode:(\d+)/.exec(stack ?? '')?.[1];
  return line === undefined ? undefined : Number(line);
}

function failed(
  name: string,
  message: string,
  stack: string | undefined,
  console: readonly ConsoleLine[],
): SandboxFailure {
  const line = lineIn(stack);
  const where = line === undefined ? '' : ` (line ${line})`;
  const isMemory = name === 'InternalError' && (message === 'out of memory' || message === 'string too long');
  const text = isMemory ? 'The code used more memory than allowed' : `${name}: ${message}`;
  return new SandboxFailure(isMemory ? 'sandbox_limit' : 'code_failed', `${text}${where}`, {
    reason: text,
    ...(line === undefined ? {} : { line }),
    console,
  });
}

interface Frame {
  /** Runs the code and all the promises that follow from it. */
  play(): void;
  /** How it ended so far. */
  end(): End;
  /** JSON of the returned value. */
  text(): string | null;
}

function openFrame(vm: QuickJS, run: CodeRun): Frame {
  // No handle is given back one by one: the whole instance is dropped after the run.
  const frame = vm.evalCode(prelude, 'sandbox');
  const call = (name: string): string | null => {
    const result = vm.callFunction(frame.getProp(name), vm.undefined);
    return result.isUndefined ? null : result.toString();
  };
  return {
    play() {
      const body = vm.evalCode(`(async function (input) {${run.code}\n})`, FILE);
      const input = run.inputText === undefined ? vm.undefined : vm.newString(run.inputText);
      vm.callFunction(frame.getProp('start'), vm.undefined, body, input);
      vm.executePendingJobs();
    },
    end: () => endSchema.parse(JSON.parse(call('end') ?? 'null')),
    text: () => call('text'),
  };
}

/** What was written until the run was broken off; nothing when the guest can no longer say. */
function consoleOf(frame: Frame | undefined): readonly ConsoleLine[] {
  try {
    return frame?.end().console ?? [];
  } catch {
    return [];
  }
}

function judge(frame: Frame): CodeOutcome {
  const { state, error, console } = frame.end();
  if (state === 'pending') {
    const reason = 'The code waits for a promise that never settles';
    throw new SandboxFailure('code_timeout', reason, { console });
  }
  if (error !== null) {
    const name = state === 'unwritable' ? 'The returned value is not JSON' : error.name;
    throw failed(name, error.message, error.stack, console);
  }
  const text = frame.text();
  if (text !== null && Buffer.byteLength(text) > MAX_RESULT_BYTES) {
    const reason = 'The returned value is larger than 4 MiB';
    throw new SandboxFailure('sandbox_limit', reason, { console });
  }
  return { text, console };
}

/**
 * Runs a code step to its end.
 * @throws SandboxFailure `code_failed` with `{reason, line?, console}`, `code_timeout`, `sandbox_limit`.
 */
export async function runQuickJs(run: CodeRun): Promise<CodeOutcome> {
  if ((run.inputText?.length ?? 0) > run.memoryBytes / 2) {
    const reason = 'The input of the code is larger than its memory allows';
    throw new SandboxFailure('sandbox_limit', reason, { console: [] });
  }
  let deadline = performance.now() + run.limitMs;
  let isLate = false;
  const vm = await QuickJS.create({
    wasm: loadEngine(),
    memoryLimit: run.memoryBytes,
    maxStackSize: STACK_BYTES,
    interruptHandler: () => {
      isLate ||= performance.now() > deadline;
      return performance.now() > deadline;
    },
  });
  let frame: Frame | undefined;
  try {
    frame = openFrame(vm, run);
    frame.play();
    return judge(frame);
  } catch (thrown) {
    if (thrown instanceof SandboxFailure) throw thrown;
    deadline = performance.now() + GRACE_MS;
    const console = consoleOf(frame);
    if (isLate) {
      const reason = `The code ran longer than ${run.limitMs} ms`;
      throw new SandboxFailure('code_timeout', reason, { console });
    }
    if (thrown instanceof JSException) throw failed(thrown.name, thrown.message, thrown.stack, console);
    // The engine itself gave up: too deep for its stack, or out of memory between two steps of the guest.
    const isDeep = thrown instanceof RangeError;
    const reason = isDeep
      ? 'The code went deeper than its stack allows'
      : `The code broke off: ${String(thrown)}`;
    throw new SandboxFailure(isDeep ? 'sandbox_limit' : 'code_failed', reason, { console });
  }
}
