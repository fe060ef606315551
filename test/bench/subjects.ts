/** The two that are compared, each a fresh process on fresh data: bare Koa, and the built Hookyard as it ships. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type TestHost, startHost } from '../support/host.ts';
import { SIGNING_SECRET, type SignedWorkflow, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { type LoadJob, type LoadResult, loadResult } from './load-job.ts';

/** A Hookyard with one signed workflow on data of its own. */
export interface Subject extends AsyncDisposable {
  host: TestHost;
  workflow: SignedWorkflow;
  folder: string;
}

/** Starts the built host in a new folder below `disk` and makes a workflow of so many steps. */
export async function startHookyard(
  disk: string,
  steps: number,
  response?: Record<string, unknown>,
): Promise<Subject> {
  const folder = makeTempDir(disk);
  const host = await startHost({ folder: folder.path, program: 'built' });
  const workflow = await makeSignedWorkflow(host.receiver, 'bench', steps, response);
  return {
    host,
    workflow,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      await host.stop();
      folder.remove();
    },
  };
}

/** Starts bare Koa. */
export async function startKoa(): Promise<{ url: string } & AsyncDisposable> {
  const child = spawnScript('bare-koa.ts', []);
  const line = await firstLine(child);
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(line));
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill();
      await gone;
    },
  };
}

/** Puts a load on a URL: a second of warming up that is not counted, then the counted time. Throws on any failed request. */
export async function load(job: Omit<LoadJob, 'secret'>): Promise<LoadResult> {
  await loadOnce({ ...job, seconds: 1 });
  const result = await loadOnce(job);
  if (result.failed > 0)
    throw new Error(`of ${result.answered + result.failed} requests failed: ${result.failures}`);
  return result;
}

async function loadOnce(job: Omit<LoadJob, 'secret'>): Promise<LoadResult> {
  const child = spawnScript('load-client.ts', [JSON.stringify({ ...job, secret: SIGNING_SECRET })]);
  return loadResult.parse(JSON.parse(await firstLine(child)));
}

/** Memory a process holds now, in MB; undefined where the system does not tell. */
export function residentMb(pid: number): number | undefined {
  try {
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) / 1024 : undefined;
  } catch {
    return undefined;
  }
}

function spawnScript(name: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', done);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`it ended with code ${String(code)} and said nothing`)));
  });
}
