/**
 * Graphs of workflow versions and contexts of runs, kept while they are likely to be needed again: graphs by number,
 * contexts by the bytes they hold.
 */
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';
import type { PlannedRun } from '../store/types.ts';
import { compileGraph, type Graph } from './graph.ts';
import { createRunContext, type RunContext } from './run-context.ts';
import type { StoredFacts } from './request-facts.ts';

const mostGraphs = 200;
const mostContexts = 10_000;
/** Bytes held by contexts, roughly: 32 MiB. */
const mostWeight = 33_554_432;
/** A prepared run that was not taken up for so long was not stored, or its turn is far away. */
const staleMs = 10_000;

export interface RunContexts {
  /** The graph of a version; `document` spares reading it. @throws AppError `workflow_missing` */
  graphOf(workflowId: string, version: number, document?: WorkflowDocument): Graph;
  /** The context of a run, read from the store when it is not known. @throws AppError `workflow_missing` */
  get(runId: string): RunContext | undefined;
  /** Keeps what is known of a run that is about to be made. */
  prepare(run: PlannedRun, graph: Graph, request: { readonly id: string; readonly facts: StoredFacts }): void;
  forget(runId: string): void;
}

interface Kept {
  readonly context: RunContext;
  /** As it was when it was taken in; what steps add later is small beside it or soon gone. */
  readonly weight: number;
  readonly keptAt: number;
}

/** Empty caches over a store. */
export function createRunContexts(store: Store, vault: Vault): RunContexts {
  const graphs = new Map<string, Graph>();
  const contexts = new Map<string, Kept>();
  let weight = 0;

  function graphOf(workflowId: string, version: number, document?: WorkflowDocument): Graph {
    const key = `${workflowId} ${version}`;
    const known = graphs.get(key);
    if (known !== undefined) return known;
    const source = document ?? store.read.workflows.version(workflowId, version)?.document;
    if (source === undefined) throw new AppError({ code: 'workflow_missing' });
    const graph = compileGraph(source);
    graphs.set(key, graph);
    const [oldest] = graphs.keys();
    if (graphs.size > mostGraphs && oldest !== undefined) graphs.delete(oldest);
    return graph;
  }

  function forget(runId: string): void {
    const known = contexts.get(runId);
    if (known === undefined) return;
    contexts.delete(runId);
    weight -= known.weight;
  }

  const isFull = (): boolean => weight > mostWeight || contexts.size > mostContexts;

  function keep(context: RunContext): void {
    const entry = { context, weight: context.weight, keptAt: performance.now() };
    contexts.set(context.facts.id, entry);
    weight += entry.weight;
  }

  /** Makes room for a run in hand by forgetting the oldest ones; they are read again when they are needed. */
  function makeRoom(): void {
    for (const id of contexts.keys()) {
      if (!isFull()) return;
      forget(id);
    }
  }

  /** Whether there is room for a run whose turn may be far away: none is forgotten for it that is not stale. */
  function hasRoom(): boolean {
    for (const [id, { keptAt }] of contexts) {
      if (!isFull()) return true;
      if (performance.now() - keptAt < staleMs) return false;
      forget(id);
    }
    return true;
  }

  return {
    graphOf,
    get(runId) {
      const known = contexts.get(runId)?.context;
      if (known !== undefined) return known;
      const run = store.read.runs.byId(runId);
      if (run === undefined) return undefined;
      const graph = graphOf(run.workflowId, run.version);
      const context = createRunContext({ store, vault, facts: run, graph, inHand: undefined });
      context.stepCount = store.read.runs.stepCount(runId);
      makeRoom();
      keep(context);
      return context;
    },
    prepare(run, graph, request) {
      if (!hasRoom()) return;
      const facts = {
        id: run.id,
        workflowId: run.workflowId,
        version: run.version,
        requestId: request.id,
        inputJson: run.inputJson,
        paramsJson: run.paramsJson,
        target: run.target,
        createdAt: request.facts.raw.receivedAt,
        startedAt: null,
        test: null,
      };
      const context = createRunContext({
        store,
        vault,
        facts,
        graph,
        inHand: { plan: run, request: request.facts },
      });
      context.stepCount = 1 + run.next.length;
      keep(context);
    },
    forget,
  };
}
