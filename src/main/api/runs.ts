/** Runs: started by hand or by a program, watched, cancelled, tried again (SPEC 9, 11). */
import type { RunSummary, RunView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { isLive, type Target } from '../../shared/model/run.ts';
import { shownVersion, viewTest, whyHeld } from '../engine/describe.ts';
import { lineageOf } from '../engine/lineage.ts';
import { pauseSignal } from '../engine/pause.ts';
import type { Store } from '../store/open-store.ts';
import type { RunRow, WorkflowRow } from '../store/types.ts';
import { approveProcedure } from './approvals.ts';
import { paramsOfInput } from './input-params.ts';
import type { KnownSecrets } from './masking.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { secretsByEndpoint } from './request-view.ts';
import { maskRun } from './run-masking.ts';
import { runQuery } from './run-query.ts';
import { isTest, readEdit, startTest } from './test-runs.ts';
import { toTime, toTimeOrNull } from './times.ts';
import { tellWait } from './run-waits.ts';
import { requireWorkflow } from './workflow-saving.ts';

/** Entity of a target that is named by its cuid alone. */
const defaultEntity = 'InventoryModel';
/** How long a start with `wait` waits for the end. */
const waitMs = 30_000;

function toSummary(store: Store, row: RunRow): RunSummary {
  const waiting =
    row.status === 'waiting'
      ? store.read.runs.steps(row.id).find((step) => step.status === 'waiting')?.waitingFor
      : undefined;
  return {
    id: row.id,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    version: shownVersion(row),
    status: row.status,
    target: row.target,
    error: row.error,
    inDoubt: row.isInDoubt,
    createdAt: toTime(row.createdAt),
    startedAt: toTimeOrNull(row.startedAt),
    finishedAt: toTimeOrNull(row.finishedAt),
    waitingFor: waiting ?? whyHeld(row),
    requestId: row.requestId,
    startNodeId: row.startNodeId,
    ...lineageOf(store, row),
    retryOf: row.retryOf,
    edits: row.edits,
    test: viewTest(row.test),
  };
}

/** Resolves when a run has ended, when the time is over, when nobody wants to know any more, or when the app stops. */
function ended({ store, closing }: ApiParts, runId: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const isOver = (): boolean => {
      const row = store.read.runs.byId(runId);
      // A paused workflow may stay so for ever.
      if (row === undefined || !isLive(row.status) || row.heldBy === 'pause') return true;
      // Nor is a person waited for, who may take days.
      const pause = row.status === 'waiting' ? pauseSignal(store, runId) : undefined;
      return pause !== undefined && pause.untilAt === undefined;
    };
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener('abort', done);
      closing.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    const unsubscribe = store.feed.subscribe((events) => {
      const concerns = events.some(
        ({ topic, ids }) => topic === 'runs' && (ids.length === 0 || ids.includes(runId)),
      );
      if (concerns && isOver()) done();
    });
    signal?.addEventListener('abort', done);
    closing.addEventListener('abort', done);
    if (isOver()) done();
  });
}

/** `runs.*` of the contract. */
export function runProcedures(os: Procedures, parts: ApiParts) {
  const { store, engine } = parts;

  function requireRun(id: string): RunRow {
    const row = store.read.runs.byId(id);
    if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such run.' });
    return row;
  }

  function describe(id: string): RunView {
    const run = engine.describeRun(id);
    if (run === undefined) throw new AppError({ code: 'not_found', message: 'No such run.' });
    const resumeUrl = run.resumeUrl === null ? null : callerOrigin(parts) + run.resumeUrl;
    const waits = run.waits.map((wait) => tellWait(callerOrigin(parts), id, wait));
    return { ...maskRun(run, secretsOfRun(parts, run)), resumeUrl, waits };
  }

  function requireTarget(given: Target | string): Target {
    const target = typeof given === 'string' ? { entity: defaultEntity, cuid: given } : given;
    if (store.read.records.byCuid(target.entity, target.cuid) === undefined) {
      throw new AppError({
        code: 'target_not_found',
        message: `There is no record ${target.cuid} of ${target.entity}.`,
      });
    }
    return target;
  }

  return {
    list: os.runs.list.use(requires('read')).handler(async ({ input }) => {
      const page = await store.read.runs.find(runQuery(store, input));
      return { items: page.items.map((row) => toSummary(store, row)), nextCursor: page.nextCursor };
    }),

    get: os.runs.get.use(requires('read')).handler(({ input }) => describe(input.id)),

    document: os.runs.document.use(requires('read')).handler(({ input }) => {
      const run = requireRun(input.id);
      const document = store.read.workflows.version(run.workflowId, run.version)?.document;
      if (document === undefined) throw new AppError({ code: 'not_found', message: 'It is no longer kept.' });
      const { name, nodes, edges } = document;
      return { version: shownVersion(run), document: { name, nodes, edges } };
    }),

    start: os.runs.start
      .use(requires('run'))
      .handler(async ({ input: { params, body }, context, signal }) => {
        const workflow = requireWorkflow(parts, params.id);
        const { id } = workflow;
        const target = body.target === undefined ? undefined : requireTarget(body.target);
        const { input = null, start, wait: _wait, target: _target, ...options } = body;
        const live = liveDocument(store, workflow);
        const named = live === undefined ? undefined : await paramsOfInput(parts, live, start, input);
        const { runId } = isTest(options)
          ? await startTest(parts, workflow, { input: body.input, target, options })
          : await engine.startRun({
              workflowId: id,
              input,
              ...(named === undefined ? {} : { params: named }),
              origin: { kind: context.caller === undefined ? 'manual' : 'api', depth: 0, awaited: false },
              ...(target === undefined ? {} : { target }),
              ...(start === undefined ? {} : { startNodeId: start }),
            });
        if (body.wait === true) await ended(parts, runId, signal);
        return body.wait === true
          ? { status: 200, body: describe(runId) }
          : { status: 202, body: describe(runId) };
      }),

    cancel: os.runs.cancel.use(requires('run')).handler(async ({ input }) => {
      requireRun(input.id);
      await engine.cancelRun(input.id);
      return describe(input.id);
    }),

    approve: approveProcedure(os, parts, describe),

    retry: os.runs.retry.use(requires('run')).handler(async ({ input: { id, ...wish } }) => {
      const { runId } = await engine.retryRun(id, await readEdit(parts, requireRun(id), wish));
      return describe(runId);
    }),
  };
}

/** The version a start runs: the live one, else the newest. */
function liveDocument(store: Store, { id, activeVersion, latestVersion }: WorkflowRow) {
  const version = activeVersion ?? latestVersion;
  return version === null ? undefined : store.read.workflows.version(id, version)?.document;
}

/** What is secret about the requests a run may have received: at its start, and while it waited. */
export function secretsOfRun(parts: ApiParts, run: RunView): KnownSecrets {
  const { endpoints, requests } = parts.store.read;
  const start = run.requestId === null ? undefined : requests.byId(run.requestId)?.endpointId;
  const ids = [
    ...endpoints.ofWorkflow(run.workflowId).map((row) => row.id),
    ...(start === undefined ? [] : [start]),
  ];
  const known = [...new Set(ids)].map(secretsByEndpoint(parts));
  return {
    names: new Set(known.flatMap(({ names }) => [...names])),
    values: known.flatMap(({ values }) => values),
  };
}
