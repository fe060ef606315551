/**
 * The engine: durable execution of runs over the graph (SPEC 9). It takes its work from the store alone, so a restart
 * goes on where the last commit stood; calls only wake it.
 */
import type { RunView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Vault } from '../base/vault.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { createOutbound, type Outbound } from '../steps/http/outbound.ts';
import type { Store } from '../store/open-store.ts';
import type { JobPlace } from '../store/runs-write.ts';
import type { DueStep, PlannedRun, RunRow } from '../store/types.ts';
import { type ComingTools, comingWaits } from './coming-waits.ts';
import { createRecordSource } from './find-records.ts';
import { approve, type ApprovalWord } from './approvals.ts';
import { createCalls } from './children.ts';
import { cancelRun, type CommandTools, retryRun, startRun } from './commands.ts';
import { describeRun } from './describe.ts';
import type { EditWish } from './edit-run.ts';
import { createMailSource } from './mail.ts';
import { createPatientWriter } from './patience.ts';
import { planStart, type StartRequest, type StartTools } from './plan-start.ts';
import { planRun, type RunStart } from './plan.ts';
import { createPump } from './pump.ts';
import type { StoredFacts } from './request-facts.ts';
import { hashToken, loadResumeTokens, resumePath, type ResumeTokens } from './resume-token.ts';
import { createRunContexts } from './run-contexts.ts';
import { createRunner, type Runner } from './runner.ts';
import { createRoom, defaultStepsAtOnce } from './room.ts';
import { requestScope } from './scope.ts';
import { createScheduler } from './scheduler.ts';
import { createSecretSource } from './secrets.ts';
import { scopeOfStep } from './step-scope.ts';
import type { StubSource } from './stubs.ts';
import { startTestRun, type TestWish } from './test-run.ts';
import { createWatches, type RunWatch } from './watches.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Steps at once over all workflows; absent: some hundreds. */
  readonly stepsAtOnce?: () => number;
  /** Origin put before resume URLs told to steps, e.g. `https://hooks.example.com`; absent: they get the path. */
  readonly publicOrigin?: () => string;
  /** Ports of this process, which no step may call. */
  readonly ownPorts?: () => readonly number[];
  /** The way out; absent: the network. */
  readonly outbound?: Outbound;
  /** Ends that stand for doing steps; for a process that runs regression tests. */
  readonly stubs?: StubSource;
  /** From 0 to 1; absent: Math.random. */
  readonly chance?: () => number;
}

export interface RunRequest extends RunStart {
  readonly document: WorkflowDocument;
  /** The request in hand, which spares reading it again; its run is made by the same request's admission. */
  readonly request?: { readonly id: string; readonly facts: StoredFacts };
}

export interface Engine {
  /** Recovers what the last end cut off, then takes up work. */
  start(): Promise<void>;
  /** Takes nothing any more and lets what is under way settle, at most 10 s; the rest is the next start's. */
  stop(): Promise<void>;
  /** To be called after a commit that made work. */
  wake(): void;
  /** The run a start makes, to be stored with its request. @throws AppError `workflow_missing` */
  planRun(request: RunRequest): PlannedRun;
  /** To be called before the run is stored. */
  watchRun(runId: string): RunWatch;
  startRun(request: StartRequest): Promise<{ readonly runId: string }>;
  /** A person's word on an approval. @throws AppError `not_found`, `conflict`, `invalid` */
  approve(word: ApprovalWord): Promise<void>;
  cancelRun(id: string): Promise<void>;
  /** To be called after a commit that cancelled runs by another way, as removing their workflow does. */
  noteCancelled(runIds: readonly string[]): void;
  /** `jobItem`: the item of a bulk job this does. */
  retryRun(id: string, wish?: EditWish, jobItem?: JobPlace): Promise<{ readonly runId: string }>;
  /** A run that tries a workflow out. @throws AppError `not_found`, `conflict`, `invalid` */
  startTestRun(wish: TestWish): Promise<{ readonly runId: string }>;
  /** `resumeUrl` is a path. */
  describeRun(id: string): RunView | undefined;
  readonly requestScope: typeof requestScope;
}

const stopLimitMs = 10_000;
/** How often is looked for deliveries that were held too long. */
const expiryMs = 1_000;

/** Makes an engine; it does nothing before `start`. */
export function createEngine(options: EngineOptions): Engine {
  const { store, sandbox, vault, clock, logger, chance = Math.random, publicOrigin = () => '' } = options;
  const { ownPorts = () => [] } = options;
  const outbound = options.outbound ?? createOutbound({ ownPorts });
  const writer = createPatientWriter(store, clock);
  const contexts = createRunContexts(store, vault);
  const watches = createWatches();
  /** Runs that have ended when they are stored: nothing will be settled that could tell of them. */
  const instant = new Set<string>();
  let loadedTokens: ResumeTokens | undefined;
  let cancelExpiry: (() => void) | undefined;
  let isStopped = false;

  const tokens: ResumeTokens = {
    tokenOf(...place) {
      if (loadedTokens === undefined)
        throw new AppError({ code: 'internal', message: 'The engine was not started.' });
      return loadedTokens.tokenOf(...place);
    },
  };
  const sources = {
    recordOf: (cuid: string, entity: string) => store.read.records.byCuid(entity, cuid),
    resumeUrlOf: (runId: string, nodeId: string, turn: number, rounds: readonly number[]) =>
      publicOrigin() + resumePath(tokens.tokenOf(runId, nodeId, turn, rounds)),
  };
  const comingTools: ComingTools = {
    tokenHashOf: (runId, nodeId, rounds) =>
      loadedTokens === undefined ? null : hashToken(loadedTokens.tokenOf(runId, nodeId, 0, rounds)),
    evaluateNow: (expression, scope) => sandbox.evaluateNow(expression, scope),
  };

  const startTools: StartTools = { store, contexts, clock, coming: comingTools };
  const calls = createCalls({
    ...startTools,
    vault,
    logger,
    describe: (id) => describeRun(store, tokens, graphOf, id),
  });
  const runner: Runner = createRunner({
    store,
    writer,
    contexts,
    tokens,
    watches,
    calls,
    clock,
    logger,
    chance,
    sandbox,
    outbound,
    mail: createMailSource(store, vault, ownPorts),
    secret: createSecretSource(store, vault),
    findRecords: createRecordSource(store),
    stubs: options.stubs,
    scopeOf: (context, node, step) => scopeOfStep(context, node, step, sources),
  });

  /** Whether a step is likely to wait for the network or a sandbox. */
  function isSlow(due: DueStep): boolean {
    try {
      const node = contexts.graphOf(due.workflowId, due.version).nodes.get(due.nodeId);
      return node?.kind?.definition.effect === 'outward' || node?.reads === 'all';
    } catch {
      return false;
    }
  }

  function onClockBack(at: number): void {
    logger.warn('the clock was set back');
    store.write('keepReady', { at }).then(wake, (error: unknown) => {
      logger.warn({ err: error }, 'steps may be taken up late, by as much as the clock was set back');
    });
  }

  const pump = createPump({
    due: (now, limit, except) => store.read.runs.due(now, limit, except),
    nextDueAt: (now) => store.read.runs.nextDueAt(now),
    run: (flight) => runner.run(flight),
    isSlow,
    onClockBack,
    room: createRoom(options.stepsAtOnce ?? (() => defaultStepsAtOnce)),
    clock,
    logger,
  });

  /** Tells who waits for a run that had ended when it was stored. */
  function tellInstant(): void {
    for (const id of watches.ids()) {
      const run = instant.has(id) ? store.read.runs.byId(id) : undefined;
      if (run === undefined) continue;
      instant.delete(id);
      watches.tell(id, { kind: 'finished', run });
    }
  }

  function wake(): void {
    if (instant.size > 0) tellInstant();
    pump.wake();
  }

  async function recover(): Promise<void> {
    const done = await writer.write('recoverRuns', { at: clock.now() });
    if (done === undefined || isStopped) return;
    if (done.output.requeued.length > 0) {
      logger.info({ steps: done.output.requeued.length }, 'steps that were cut off are taken up again');
    }
    pump.start();
    scheduler.start();
    expire();
  }

  function expire(): void {
    if (isStopped) return;
    cancelExpiry = clock.after(expiryMs, expire);
    const at = clock.now();
    // Asked often and cheaply; most of the time nothing is held, and then nothing is written.
    if ((store.read.runs.nextHoldEnd() ?? Infinity) > at) return;
    store.write('expireHolds', { at }).catch((error: unknown) => {
      logger.warn({ err: error }, 'held deliveries could not be given up');
    });
  }

  function graphOf(run: RunRow): ReturnType<typeof contexts.graphOf> | undefined {
    try {
      return contexts.graphOf(run.workflowId, run.version);
    } catch {
      return undefined;
    }
  }

  const commands: CommandTools = { ...startTools, runner, wake };
  const scheduler = createScheduler({
    store,
    writer,
    clock,
    logger,
    wake,
    plan: (request) => planStart(startTools, request),
  });
  return {
    async start() {
      loadedTokens = await loadResumeTokens(store, vault, logger);
      await recover();
    },
    async stop() {
      isStopped = true;
      cancelExpiry?.();
      writer.stop();
      await scheduler.stop();
      await pump.stop(stopLimitMs);
      runner.abandon();
      await outbound.close();
    },
    wake,
    planRun({ document, request, ...start }) {
      const graph = contexts.graphOf(start.workflowId, start.version, document);
      const now = clock.now();
      const id = newId('run');
      const scope = request === undefined ? undefined : () => requestScope(request.facts);
      const coming = comingWaits(graph, id, [start.startNodeId], scope, comingTools);
      const run = planRun(graph, start, id, now, coming);
      if (run.next.length === 0) {
        if (instant.size > 10_000) instant.clear();
        instant.add(run.id);
      } else if (request !== undefined) contexts.prepare(run, graph, request);
      return run;
    },
    watchRun: (runId) => watches.open(runId),
    startRun: (request) => startRun(commands, request),
    approve: (word) => approve(commands, word),
    cancelRun: (id) => cancelRun(commands, id),
    noteCancelled(runIds) {
      for (const id of runIds) runner.cut(id);
    },
    retryRun: (id, wish = {}, jobItem) => retryRun(commands, id, wish, jobItem),
    startTestRun: (wish) => startTestRun(commands, wish),
    describeRun: (id) => describeRun(store, tokens, graphOf, id),
    requestScope,
  };
}
