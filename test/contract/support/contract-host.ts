/**
 * One headless host for a test file, started from the sources before its tests and stopped after them. The tests
 * know of it what an outsider knows: its ready line, its ports and an API token.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type HostOptions, startHost, type TestHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { type Answer, type Call, send } from './send.ts';

export interface ContractHost {
  /** Base URL of the receiver. */
  receiver: () => string;
  /** The running host, for pid, log and ready line. */
  host: () => TestHost;
  /** The folder that holds `data` and `config`. */
  folder: () => string;
  /** A call of `/v1` (or any path of the receiver) with the host's API token; an object is sent as JSON. */
  v1: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** A call without a token; `where` is a path or a whole URL. */
  call: (where: string, call?: Call) => Promise<Answer>;
  /** Stops the host as `how` says and starts it again on the same folder. */
  restart: (how: 'SIGTERM' | 'SIGKILL', options?: Partial<HostOptions>) => Promise<TestHost>;
}

/** Where hosts keep their compiled sources, so that the next one starts sooner. */
export const compiled = join(tmpdir(), 'hookyard-test-compiled');

/** The token of the hosts of these tests, with every scope (SPEC 1). */
export const TOKEN = 'tok-of-the-contract-tests';

let shared: ContractHost | undefined;

/** The host of the test file that runs: started for the first part that asks, with its `options`, for all of them. */
export function hostForThisFile(options: Partial<HostOptions> = {}): ContractHost {
  shared ??= openHost(options);
  return shared;
}

/** A host of one's own, for what would disturb the others of the file: restarts, other options, a full queue. */
export function openHost(options: Partial<HostOptions> = {}): ContractHost {
  const folder = makeTempDir();
  let running: TestHost | undefined;
  const start = async (more: Partial<HostOptions> = {}): Promise<TestHost> => {
    running = await startHost({
      folder: folder.path,
      ...options,
      ...more,
      env: { HOOKYARD_API_TOKEN: TOKEN, NODE_COMPILE_CACHE: compiled, ...options.env, ...more.env },
    });
    return running;
  };
  const host = (): TestHost => {
    if (!running) throw new Error('The host of this file has not been started');
    return running;
  };
  beforeAll(async () => {
    await start();
  });
  afterAll(async () => {
    await running?.kill9();
    folder.remove();
  });
  return {
    receiver: () => host().receiver,
    host,
    folder: () => folder.path,
    v1: (method, path, body, headers = {}) =>
      send(host().receiver + path, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        ...(body === undefined ? {} : { json: body }),
      }),
    call: (where, call) => send(where.startsWith('http') ? where : host().receiver + where, call),
    restart: async (how, more) => {
      await (how === 'SIGTERM' ? host().stop() : host().kill9());
      return start(more);
    },
  };
}
