/**
 * Graphs of workflow versions and contexts of runs, kept while they are likely to be needed again: graphs by number,
 * contexts by the bytes they hold.
 */
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { Store } from '../store/open-store.ts';
import type { PlannedRun } from '../store/types.ts';
import { compileGraph, type Graph } from './graph.ts';
import { createRunContext, type RunContext } from './run-context.ts';
import type { StoredFacts } from './request-facts.ts';

const mostGraphs = 200;
const mostContexts = 5_000;
/** Bytes held by contexts, roughly: 32 MiB. */
const mostWeight = 33_554_432;

export interface RunContexts {
  /** The graph of a version; `document` spares reading it. @throws AppError `workflow_missing` */
  graphOf(workflowId: string, version: number, document?: WorkflowDocument): Graph;
  /** The context of a run, read from the store when it is not known. @throws AppError `workflow_missing` */
  get(runId: string): RunContext | undefined;
  /** Keeps what is known of a run that is about to be made. */
  prepare(
    run: PlannedRun,
    graph: Graph,
    request: { id: string; facts: StoredFacts } | undefined,
    at: number,
  ): void;
  forget(runId: string): void;
}

/** Empty caches over a store. */
export function createRunContexts(store: Store): RunContexts {
  const graphs = new Map<string, Graph>();
  const contexts = new Map<string, RunContext>();

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

  /** Forgets the oldest; a run that is still in flight is read again. */
  function makeRoom(): void {
    let weight = 0;
    for (const context of contexts.values()) weight += context.weight;
    for (const [id, context] of contexts) {
      if (weight <= mostWeight && contexts.size <= mostContexts) return;
      contexts.delete(id);
      weight -= context.weight;
    }
  }

  let added = 0;
  function keep(context: RunContext): RunContext {
    contexts.set(context.facts.id, context);
    // Weighing them all is not worth it for each one.
    added += 1;
    if (added % 64 === 0 || context.weight > 100_000) makeRoom();
    return context;
  }

  return {
    graphOf,
    get(runId) {
      const known = contexts.get(runId);
      if (known !== undefined) return known;
      const run = store.read.runs.byId(runId);
      if (run === undefined) return undefined;
      const graph = graphOf(run.workflowId, run.version);
      const context = createRunContext({ store, facts: run, graph, request: undefined });
      context.stepCount = store.read.runs.stepOutputs(runId).length;
      return keep(context);
    },
    prepare(run, graph, request, at) {
      const facts = {
        id: run.id,
        workflowId: run.workflowId,
        version: run.version,
        requestId: request?.id ?? null,
        inputJson: run.inputJson,
        paramsJson: run.paramsJson,
        target: run.target,
        createdAt: at,
      };
      const context = createRunContext({ store, facts, graph, request: request?.facts });
      context.stepCount = 1 + run.next.length;
      keep(context);
    },
    forget: (runId) => void contexts.delete(runId),
  };
}
