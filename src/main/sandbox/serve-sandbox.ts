/**
 * The life of a sandbox process: takes batches, does their jobs strictly one after another and answers each before it
 * begins the next. The app relies on that order: the oldest unanswered job is the one that runs.
 */
import { evaluateExpression } from './evaluate-expression.ts';
import { SandboxFailure } from './failure.ts';
import type { Answer, Batch, CodeJob, ExpressionJob, WireJob } from './protocol.ts';
import { openWorkerPort } from './worker-port.ts';

/** The scope of an expression: only the parts it names, each parsed anew. */
function readScope(job: ExpressionJob, texts: readonly string[]): unknown {
  const roots = new Map<string, unknown>();
  const children = new Map<string, [string, unknown][]>();
  for (const [root, child, index] of job.parts) {
    const value: unknown = JSON.parse(texts[index] ?? 'null');
    if (child === null) roots.set(root, value);
    else children.set(root, [...(children.get(root) ?? []), [child, value]]);
  }
  for (const [root, entries] of children) roots.set(root, Object.fromEntries(entries));
  return Object.fromEntries(roots);
}

async function runExpression(job: ExpressionJob, texts: readonly string[]): Promise<Answer> {
  const text = await evaluateExpression(job.source, readScope(job, texts), job.limitMs);
  return { ok: true, id: job.id, text, console: [] };
}

async function runCode(job: CodeJob, texts: readonly string[]): Promise<Answer> {
  // Loaded with the first code step: a process that only evaluates expressions starts sooner without it.
  const { runQuickJs } = await import('./quickjs.ts');
  const { source: code, limitMs, memoryBytes } = job;
  const outcome = await runQuickJs({ code, inputText: texts[job.input], limitMs, memoryBytes });
  return { ok: true, id: job.id, ...outcome };
}

async function perform(job: WireJob, texts: readonly string[]): Promise<Answer> {
  try {
    return await (job.kind === 'expression' ? runExpression(job, texts) : runCode(job, texts));
  } catch (thrown) {
    // Anything else is a defect: the process ends and the app reports the job.
    if (!(thrown instanceof SandboxFailure)) throw thrown;
    return { ok: false, id: job.id, code: thrown.code, message: thrown.message, details: thrown.details };
  }
}

/** Serves until the app ends or kills this process. */
export function serveSandbox(): void {
  // With the accessor gone `__proto__` is a key like any other, whoever assigns it.
  Reflect.deleteProperty(Object.prototype, '__proto__');
  const port = openWorkerPort();
  let last = Promise.resolve();
  const work = async (batch: Batch): Promise<void> => {
    for (const job of batch.jobs) await port.send(await perform(job, batch.texts));
  };
  port.receive((batch) => {
    last = last.then(() => work(batch));
  });
}
