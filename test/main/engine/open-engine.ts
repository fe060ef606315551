/**
 * An engine over a real store in a folder of its own and real sandbox processes, closed when the test ends; and what
 * its tests do over and over: bring a workflow to life, deliver a request, wait for a run.
 */
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../../src/main/base/clock.ts';
import { newId } from '../../../src/main/base/ids.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import type { Vault } from '../../../src/main/base/vault.ts';
import { createEngine, type Engine, type EngineOptions } from '../../../src/main/engine/engine.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { openStore, type Store } from '../../../src/main/store/open-store.ts';
import type { Admission, AdmissionOutcome } from '../../../src/main/store/types.ts';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { documentSchema, type WorkflowDocument } from '../../../src/shared/model/document.ts';
import type { Target } from '../../../src/shared/model/run.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const storeWriter = new URL('../../../src/main/store-writer.ts', import.meta.url);
const sandboxWorker = new URL('../../../src/main/sandbox-worker.ts', import.meta.url);

export interface Bench {
  readonly dataDir: string;
  readonly vault: Vault;
  readonly store: Store;
  readonly engine: Engine;
  /** Stops engine and store as an orderly end does. */
  close(): Promise<void>;
}

export interface BenchOptions
  extends Partial<Pick<EngineOptions, 'stepsAtOnce' | 'chance' | 'publicOrigin' | 'outbound'>> {
  readonly dataDir?: string;
  readonly vault?: Vault;
  readonly clock?: Clock;
  /** Another entry of the writer's thread. */
  readonly writerUrl?: URL;
  /** What the engine is given for the store; the rest of the test has the real one. */
  readonly wrapStore?: (store: Store) => Store;
  /** False: the test starts the engine itself. */
  readonly start?: boolean;
}

/** Opens everything; with the folder and vault of another bench it is the next start of the same install. */
export async function openEngine(options: BenchOptions = {}): Promise<Bench> {
  const {
    clock = systemClock,
    vault = createSealedVault({ keys: [newDataKey()], description: 'test' }),
    start = true,
  } = options;
  const logger = createSilentLogger();
  let { dataDir } = options;
  if (dataDir === undefined) {
    const temp = makeTempDir();
    dataDir = temp.path;
    onTestFinished(() => temp.remove());
  }
  const store = await openStore({ dataDir, writerUrl: options.writerUrl ?? storeWriter, logger, clock });
  const sandbox = createSandbox({ workerUrl: sandboxWorker });
  const engineStore = options.wrapStore?.(store) ?? store;
  const engine = createEngine({ ...options, store: engineStore, sandbox, vault, clock, logger });
  let closing: Promise<void> | undefined;
  async function end(): Promise<void> {
    await engine.stop();
    await sandbox.close();
    await store.close();
  }
  const close = (): Promise<void> => (closing ??= end());
  onTestFinished(close);
  if (start) await engine.start();
  return { dataDir, vault, store, engine, close };
}

type NodeInput = { id: string; type: string; name?: string; config?: Record<string, unknown> };

/** A document out of nodes and edges written `a>b` or `a:port>b`. */
export function makeDocument(
  nodes: readonly NodeInput[],
  edges: readonly string[],
  settings: object = {},
): WorkflowDocument {
  return documentSchema.parse({
    name: 'Test',
    nodes,
    edges: edges.map((edge) => {
      const [from = '', target = ''] = edge.split('>');
      const [source = '', port] = from.split(':');
      return { source, target, ...(port === undefined ? {} : { port }) };
    }),
    settings,
  });
}

/** Stores a document, commits it and puts it live. */
export async function liveWorkflow(store: Store, document: WorkflowDocument): Promise<string> {
  const id = newId('wf');
  const at = Date.now();
  await store.write('insertWorkflow', { id, slug: id.replaceAll('_', '-'), document, at });
  const { version } = await store.write('commitVersion', { id, note: '', at });
  await store.write('setActive', { id, version, enabled: true, at });
  return id;
}

/** Waits until the run has come to one of these states and tells what it is like. */
export function untilRun(
  engine: Engine,
  id: string,
  states = ['succeeded', 'failed', 'cancelled'],
): Promise<RunView> {
  return until(`run ${id} to be ${states.join(' or ')}`, () => {
    const run = engine.describeRun(id);
    return run !== undefined && states.includes(run.status) && run;
  });
}

/** Starts a run and waits for its end. */
export async function runOnce(
  { store, engine }: Bench,
  document: WorkflowDocument,
  input: unknown = null,
): Promise<RunView> {
  const workflowId = await liveWorkflow(store, document);
  const { runId } = await engine.startRun({ workflowId, input });
  return untilRun(engine, runId);
}

export interface DeliveryOptions {
  readonly body?: string;
  readonly url?: string;
  readonly headers?: Admission['request']['raw']['headers'];
  readonly resume?: Admission['resume'];
  /** Starts the live version at its node `hook` with this target. */
  readonly starts?: {
    readonly workflowId: string;
    readonly target?: Target | null;
    readonly params?: object;
  };
}

/** Admits a request as the receiver does after its checks, and wakes the engine. */
export async function deliver(
  { store, engine }: Pick<Bench, 'store' | 'engine'>,
  options: DeliveryOptions,
): Promise<AdmissionOutcome & { requestId: string }> {
  const {
    body = '{}',
    url = '/hooks/test',
    headers = [['Content-Type', 'application/json']],
    starts,
  } = options;
  const version = starts === undefined ? undefined : store.read.workflows.version(starts.workflowId, 1);
  const runs =
    starts === undefined || version === undefined
      ? []
      : [
          engine.planRun({
            workflowId: starts.workflowId,
            version: version.version,
            document: version.document,
            startNodeId: 'hook',
            inputJson: null,
            paramsJson: JSON.stringify(starts.params ?? {}),
            target: starts.target ?? null,
          }),
        ];
  const id = newId('req');
  const outcome = await store.write('admit', {
    request: {
      id,
      endpointId: 'ep_test',
      raw: {
        method: 'POST',
        url,
        httpVersion: '1.1',
        headers,
        body: Buffer.from(body),
        remoteIp: '127.0.0.1',
        receivedAt: Date.now(),
      },
      clientIp: '127.0.0.1',
      stages: [],
      replayOf: null,
    },
    dedupe: null,
    resume: options.resume ?? null,
    runs,
    requireTarget: null,
    queueLimit: 100_000,
    reply: null,
  });
  engine.wake();
  return { ...outcome, requestId: id };
}
