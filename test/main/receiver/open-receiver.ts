/**
 * A receiver over a real store, a real engine and real sandbox processes, listening on a free port; and what its tests do
 * over and over: put endpoints live, call them, look up what was recorded.
 */
import { afterAll, beforeAll } from 'vitest';
import type { Middleware } from 'koa';
import { systemClock, type Clock } from '../../../src/main/base/clock.ts';
import { newId } from '../../../src/main/base/ids.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import { endpointSecretPlace } from '../../../src/main/base/vault.ts';
import { createEngine, type Engine } from '../../../src/main/engine/engine.ts';
import type { ConnectionLimits } from '../../../src/main/receiver/listener.ts';
import type { Outside } from '../../../src/main/receiver/outside.ts';
import { createReceiver, type Receiver } from '../../../src/main/receiver/receiver.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { openStore, type Store } from '../../../src/main/store/open-store.ts';
import type { EndpointRow, RequestRow } from '../../../src/main/store/types.ts';
import { styleOf } from '../../../src/main/styles/registry.ts';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { documentSchema, slugify } from '../../../src/shared/model/document.ts';
import { endpointSettingsSchema, styleSchema } from '../../../src/shared/model/endpoint.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const storeWriter = new URL('../../../src/main/store-writer.ts', import.meta.url);
const sandboxWorker = new URL('../../../src/main/sandbox-worker.ts', import.meta.url);

export interface BenchOptions {
  readonly limits?: Partial<ConnectionLimits>;
  readonly clock?: Clock;
  readonly fallback?: Middleware;
  readonly trustedHops?: number;
  readonly publicUrl?: string;
  readonly queueLimit?: number;
  /** The way to senders' own addresses; the network by default. */
  readonly outside?: Outside;
}

type Config = Record<string, unknown>;

export interface NodeInput {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly config?: Config;
}

export interface WorkflowInput {
  readonly nodes: readonly NodeInput[];
  /** `a>b` or `a:port>b`. */
  readonly edges?: readonly string[];
  readonly name?: string;
  /** Secrets by node id and field of its auth. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface LiveWorkflow {
  readonly id: string;
  /** Paths of its dedicated endpoints by node id. */
  readonly paths: Readonly<Record<string, string>>;
  readonly endpoints: Readonly<Record<string, EndpointRow>>;
}

export interface Bench {
  readonly store: Store;
  readonly engine: Engine;
  readonly receiver: Receiver;
  readonly settings: { trustedHops: number; publicUrl: string | null; queueLimit: number };
  readonly port: number;
  readonly origin: string;
  /** Puts a workflow live with one dedicated endpoint per webhook node. */
  live(workflow: WorkflowInput): Promise<LiveWorkflow>;
  /** Puts one endpoint live in front of a `log` step; answers its path and ids. */
  endpoint(
    config?: Config,
    secrets?: Readonly<Record<string, string>>,
  ): Promise<{ path: string; id: string; workflowId: string }>;
  /** A shared source; workflows bind to it by `endpointId`. */
  shared(name: string, settings: Config, secrets?: Readonly<Record<string, string>>): Promise<EndpointRow>;
  setSecret(endpointId: string, field: string, value: string, overlapMs?: number): Promise<void>;
  /** The newest recorded request of an endpoint. */
  lastRequest(endpointId: string): Promise<RequestRow>;
  requestsOf(endpointId: string): Promise<readonly RequestRow[]>;
  untilRun(id: string, states?: readonly string[]): Promise<RunView>;
  close(): Promise<void>;
}

/** Opens everything. */
export async function openReceiver(options: BenchOptions = {}): Promise<Bench> {
  const { clock = systemClock, fallback, limits, outside } = options;
  const logger = createSilentLogger();
  const vault = createSealedVault({ keys: [newDataKey()], description: 'test' });
  const temp = makeTempDir();
  const store = await openStore({ dataDir: temp.path, writerUrl: storeWriter, logger, clock });
  const sandbox = createSandbox({ workerUrl: sandboxWorker });
  const engine = createEngine({ store, sandbox, vault, clock, logger });
  await engine.start();
  const settings = {
    trustedHops: options.trustedHops ?? 0,
    publicUrl: options.publicUrl ?? null,
    queueLimit: options.queueLimit ?? 100_000,
  };
  const receiver = createReceiver({
    store,
    engine,
    sandbox,
    vault,
    clock,
    logger,
    settings: () => settings,
    ...(fallback === undefined ? {} : { fallback }),
    ...(limits === undefined ? {} : { limits }),
    ...(outside === undefined ? {} : { outside }),
  });
  const { port } = await receiver.listen({ host: '127.0.0.1', port: 0 });
  let count = 0;

  const setSecret = async (
    endpointId: string,
    field: string,
    value: string,
    overlapMs = 0,
  ): Promise<void> => {
    const sealed = vault.seal(value, endpointSecretPlace(endpointId, field));
    await store.write('setEndpointSecret', { endpointId, field, sealed, overlapMs, at: clock.now() });
  };

  const live = async ({ nodes, edges = [], name, secrets = {} }: WorkflowInput): Promise<LiveWorkflow> => {
    const id = newId('wf');
    const at = clock.now();
    const slug = slugify(name ?? `flow ${++count}`);
    const document = documentSchema.parse({
      name: name ?? `Flow ${count}`,
      nodes,
      edges: edges.map((edge) => {
        const [from = '', target = ''] = edge.split('>');
        const [source = '', edgePort] = from.split(':');
        return { source, target, ...(edgePort === undefined ? {} : { port: edgePort }) };
      }),
    });
    await store.write('insertWorkflow', { id, slug, document, at });
    const { version } = await store.write('commitVersion', { id, note: '', at });
    const endpoints: Record<string, EndpointRow> = {};
    for (const node of document.nodes) {
      if (node.type !== 'webhook' || node.config['endpointId'] !== undefined) continue;
      const style = styleSchema.parse(node.config['style'] ?? 'native');
      const endpointId = newId('ep');
      endpoints[node.id] = {
        id: endpointId,
        kind: 'dedicated',
        workflowId: id,
        nodeId: node.id,
        name: node.name,
        description: '',
        style,
        path: styleOf(style).path({
          endpointId,
          workflowId: id,
          workflowSlug: slug,
          nodeId: node.id,
          project: document.project,
          isFurther: Object.values(endpoints).some((one) => one.style === style),
        }),
        state: 'active',
        settings: null,
        createdAt: at,
        updatedAt: at,
      };
    }
    await store.write('saveEndpoints', { workflowId: id, endpoints: Object.values(endpoints) });
    for (const [nodeId, fields] of Object.entries(secrets)) {
      const endpointId = endpoints[nodeId]?.id ?? '';
      for (const [field, value] of Object.entries(fields)) await setSecret(endpointId, field, value);
    }
    await store.write('setActive', { id, version, enabled: true, at });
    const paths = Object.fromEntries(Object.entries(endpoints).map(([nodeId, row]) => [nodeId, row.path]));
    return { id, paths, endpoints };
  };

  const requestsOf = async (endpointId: string): Promise<readonly RequestRow[]> => {
    await store.drain();
    return store.read.requests.list({ limit: 500, cursor: undefined, endpointId }).items;
  };

  return {
    store,
    engine,
    receiver,
    settings,
    port,
    origin: `http://127.0.0.1:${port}`,
    live,
    async endpoint(config = {}, secrets = {}) {
      const workflow = await live({
        nodes: [
          { id: 'hook', type: 'webhook', config: { auth: { scheme: 'none' }, ...config } },
          { id: 'after', type: 'log', config: { text: 'received' } },
        ],
        edges: ['hook>after'],
        secrets: { hook: secrets },
      });
      return {
        path: workflow.paths['hook'] ?? '',
        id: workflow.endpoints['hook']?.id ?? '',
        workflowId: workflow.id,
      };
    },
    async shared(name, given, secrets = {}) {
      const parsed = endpointSettingsSchema.parse(given);
      const id = newId('ep');
      const at = clock.now();
      const row: EndpointRow = {
        id,
        kind: 'shared',
        workflowId: null,
        nodeId: null,
        name,
        description: '',
        style: parsed.style,
        path: styleOf(parsed.style).path({
          endpointId: id,
          workflowId: null,
          workflowSlug: null,
          nodeId: null,
          project: 'default',
          name,
        }),
        state: 'active',
        settings: parsed,
        createdAt: at,
        updatedAt: at,
      };
      await store.write('insertEndpoint', row);
      for (const [field, value] of Object.entries(secrets)) await setSecret(id, field, value);
      return row;
    },
    setSecret,
    requestsOf,
    async lastRequest(endpointId) {
      const [newest] = await requestsOf(endpointId);
      if (newest === undefined) throw new Error('Nothing was recorded.');
      return newest;
    },
    untilRun: (id, states = ['succeeded', 'failed', 'cancelled']) =>
      until(`run ${id} to be ${states.join(' or ')}`, () => {
        const run = engine.describeRun(id);
        return run !== undefined && states.includes(run.status) && run;
      }),
    async close() {
      await receiver.close();
      await engine.stop();
      await sandbox.close();
      await store.close();
      temp.remove();
    },
  };
}

/** One receiver for all tests of a file; read the bench inside tests only. */
export function useReceiver(options: BenchOptions = {}): () => Bench {
  let bench: Bench | undefined;
  beforeAll(async () => {
    bench = await openReceiver(options);
  });
  afterAll(() => bench?.close());
  return () => {
    if (bench === undefined) throw new Error('The receiver is open inside tests only.');
    return bench;
  };
}
