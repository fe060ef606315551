/** What the store's tests share: a store on a folder of its own, and short ways to the values it takes. */
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { systemClock } from '../../../src/main/base/clock.ts';
import { openStore } from '../../../src/main/store/open-store.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import type {
  Admission,
  CapturedRequest,
  EndpointRow,
  PlannedRun,
  PlannedStep,
  ResumeWanted,
  StepSettlement,
} from '../../../src/main/store/types.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

export const writerUrl = new URL('../../../src/main/store-writer.ts', import.meta.url);

/** Opens a store on an existing folder. */
export function openAt(dataDir: string, writer: URL = writerUrl): Promise<Store> {
  return openStore({ dataDir, writerUrl: writer, logger: createSilentLogger(), clock: systemClock });
}

export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  readonly dataDir: string;
}

/** A new store; `await using` closes it and removes its folder. */
export async function openTestStore(writer: URL = writerUrl): Promise<TestStore> {
  const folder = makeTempDir();
  const store = await openAt(folder.path, writer);
  return {
    store,
    dataDir: folder.path,
    async [Symbol.asyncDispose]() {
      await store.close();
      folder.remove();
    },
  };
}

let lastId = 0;

/** An id nobody else in this test has. */
export function freshId(prefix: string): string {
  lastId += 1;
  return `${prefix}_${lastId}`;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (body: Uint8Array | undefined): string => new TextDecoder().decode(body);

export function capturedRequest(
  over: { body?: string; at?: number; id?: string; endpointId?: string } = {},
): CapturedRequest {
  return {
    id: over.id ?? freshId('req'),
    endpointId: over.endpointId ?? 'ep_one',
    raw: {
      method: 'POST',
      url: '/hooks/orders?source=crm',
      httpVersion: '1.1',
      headers: [
        ['Host', '127.0.0.1:4665'],
        ['X-Thing', 'one'],
        ['x-thing', 'two'],
      ],
      body: bytes(over.body ?? '{"total":1}'),
      remoteIp: '127.0.0.1',
      receivedAt: over.at ?? 1_000,
    },
    clientIp: '192.0.2.7',
    stages: [{ stage: 'route', atMs: 0.2, ok: true }],
    replayOf: null,
  };
}

export function step(nodeId: string, dueAt = 0): PlannedStep {
  return { nodeId, name: nodeId.toUpperCase(), type: 'transform', dueAt };
}

export function plannedRun(over: Partial<PlannedRun> = {}): PlannedRun {
  return {
    id: freshId('run'),
    workflowId: 'wf_one',
    version: 1,
    startNodeId: 'hook',
    startName: 'Hook',
    startType: 'webhook',
    inputJson: null,
    paramsJson: null,
    target: null,
    startOutputJson: null,
    next: [step('a')],
    coming: [{ nodeId: 'wait', correlation: null, tokenHash: null }],
    ...over,
  };
}

export function admission(over: Partial<Admission> = {}): Admission {
  return {
    request: capturedRequest(),
    dedupe: null,
    resume: null,
    runs: [plannedRun()],
    requireTarget: null,
    queueLimit: 100_000,
    reply: null,
    ...over,
  };
}

type Wish = ResumeWanted['wishes'][number];

/** A wish to resume whoever waits at `wf_one/wait`. */
export function resumeBy(
  match: Wish['match'],
  over: Partial<Omit<Wish, 'match'> & Omit<ResumeWanted, 'wishes'>> = {},
): ResumeWanted {
  const { nodes = [{ workflowId: 'wf_one', nodeId: 'wait' }], holdMs = 0, ...rest } = over;
  return {
    wishes: [{ match, nodes, holdMs }],
    insteadOf: [],
    inputJson: null,
    paramsJson: null,
    ...rest,
  };
}

export const byCorrelation = (value: string): Wish['match'] => ({ kind: 'correlation', value });

export function succeeded(outputJson: string | null = null): StepSettlement['outcome'] {
  return { kind: 'succeeded', outputJson, outputRequestId: null, port: null };
}

export function waiting(
  over: Partial<Extract<StepSettlement['outcome'], { kind: 'waiting' }>> = {},
): StepSettlement['outcome'] {
  return {
    kind: 'waiting',
    waitingFor: 'a request',
    dueAt: null,
    target: null,
    correlation: null,
    tokenHash: null,
    ...over,
  };
}

/** The settlement of a step as it was read. */
export function settlement(
  place: { readonly seq: number; readonly runId: string; readonly attempt: number },
  outcome: StepSettlement['outcome'],
  over: Partial<StepSettlement> = {},
): StepSettlement {
  return {
    stepSeq: place.seq,
    runId: place.runId,
    attempt: place.attempt,
    startedAt: 2_000,
    at: 2_001,
    inputJson: null,
    logs: [],
    outcome,
    next: [],
    ...over,
  };
}

/** The only step that is due now. */
export function onlyDue(store: Store, now = Date.now()) {
  const [due, ...others] = store.read.runs.due(now, 10);
  if (due === undefined || others.length > 0)
    throw new Error(`${others.length + (due ? 1 : 0)} steps are due, not one`);
  return due;
}

export function endpointRow(over: Partial<EndpointRow> = {}): EndpointRow {
  const id = over.id ?? freshId('ep');
  return {
    id,
    kind: 'dedicated',
    workflowId: 'wf_one',
    nodeId: 'hook',
    name: 'Orders',
    description: '',
    style: 'native',
    path: `/hooks/${id}`,
    state: 'active',
    settings: null,
    createdAt: 1,
    updatedAt: 1,
    ...over,
  };
}

/** How a promise was refused. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
  return 'nothing was refused';
}
