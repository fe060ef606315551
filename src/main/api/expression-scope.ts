/**
 * The scope an expression at a step would have (SPEC 7), out of what is known while a workflow is built: the newest run
 * that came by, the sample of its endpoint, examples people gave. Says of each part which of these it is. Credentials are
 * blotted out, as they are wherever a run is shown.
 */
import type { ScopePart } from '../../shared/contract/expressions.ts';
import { AppError } from '../../shared/errors.ts';
import type { TriggerScope } from '../../shared/expression/scope.ts';
import type { WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { findAncestry } from '../engine/ancestry.ts';
import { shapeOf } from '../engine/graph-shape.ts';
import { readParams, readRequestFacts } from '../engine/request-facts.ts';
import { readOutput } from '../engine/run-context.ts';
import { inputScope, requestScope, runScope, stepsScope } from '../engine/scope.ts';
import { recordScope } from '../engine/step-scope.ts';
import { knownParameters } from '../receiver/sample/known-parameters.ts';
import type { EndpointRow, RunRow } from '../store/types.ts';
import { exampleFields } from './example-fields.ts';
import { hooksOf } from './hooks.ts';
import { type KnownSecrets, maskData } from './masking.ts';
import type { ApiParts } from './parts.ts';
import { secretsByEndpoint } from './request-view.ts';
import { maskReceived } from './run-masking.ts';
import { contentOf } from './sample-content.ts';
import { toTime } from './times.ts';

/** Where an expression stands. */
export interface ExpressionPlace {
  readonly document: WorkflowDocument;
  /** Undefined for a document that is not saved yet: it has no runs and no endpoints. */
  readonly workflowId: string | undefined;
  readonly node: WorkflowNode;
}

export interface KnownScope {
  readonly scope: Readonly<Record<string, unknown>>;
  readonly parts: readonly ScopePart[];
}

/** Newest runs that are looked through for outputs. */
const mostRuns = 20;

type Source = Omit<ScopePart, 'path'>;
const typed: Source = { source: 'typed', runId: null, requestId: null, at: null };
const example: Source = { ...typed, source: 'example' };

const ofRun = (run: RunRow): Source => ({
  source: 'run',
  runId: run.id,
  requestId: run.requestId,
  at: toTime(run.createdAt),
});

/** What is known of a start: `trigger`, `webhookData` and `params`. */
interface Start {
  readonly scope: Readonly<Record<string, unknown>>;
  readonly source: Source;
}

function masked(
  scope: { readonly trigger?: TriggerScope } & Readonly<Record<string, unknown>>,
  known: KnownSecrets,
): Readonly<Record<string, unknown>> {
  const { trigger, webhookData, ...rest } = scope;
  const shown = maskReceived(trigger, known);
  // Names as sent are none of the lower-case ones: covered the same way.
  const data =
    typeof webhookData === 'object' ? maskReceived({ query: {}, ...webhookData }, known) : undefined;
  const { query: _query, ...withoutQuery }: { query?: unknown } = typeof data === 'object' ? { ...data } : {};
  return {
    trigger: maskData(shown, known),
    webhookData: maskData(withoutQuery, known),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, maskData(value, known)])),
  };
}

function startOfRun(parts: ApiParts, run: RunRow, known: KnownSecrets): Start | undefined {
  const { store } = parts;
  if (run.requestId === null) {
    const input: unknown = run.inputJson === null ? null : JSON.parse(run.inputJson);
    return {
      scope: masked(inputScope(input, run.createdAt, readParams(run.paramsJson)), known),
      source: ofRun(run),
    };
  }
  const facts = readRequestFacts(store, run.requestId, run.inputJson, run.paramsJson);
  return facts === undefined ? undefined : { scope: masked(requestScope(facts), known), source: ofRun(run) };
}

/** The examples of an endpoint's parameters, by name. */
function exampleParams(parts: ApiParts, endpointId: string): Record<string, unknown> {
  const { parameters } = knownParameters(parts.store, endpointId);
  return Object.fromEntries(
    parameters.flatMap(({ name, example: value }) => (value === undefined ? [] : [[name, value]])),
  );
}

async function startOfSample(
  parts: ApiParts,
  endpoint: EndpointRow,
  known: KnownSecrets,
): Promise<{ readonly start: Start; readonly at: number } | undefined> {
  const sample = parts.store.read.samples.byEndpoint(endpoint.id);
  if (sample?.setAt == null || sample.source === null) return undefined;
  const params = exampleParams(parts, endpoint.id);
  const at = toTime(sample.setAt);
  const raw = sample.requestId === null ? undefined : parts.store.read.requests.raw(sample.requestId);
  if (raw !== undefined && sample.requestId !== null) {
    const content = await contentOf(parts, endpoint, sample.requestId).catch((error: unknown) => {
      if (error instanceof AppError) return undefined;
      throw error;
    });
    if (content !== undefined) {
      const scope = requestScope({ raw, payload: content.payload, params });
      const source: Source = { source: 'sample', runId: null, requestId: sample.requestId, at };
      return { start: { scope: masked(scope, known), source }, at: sample.setAt };
    }
  }
  return { start: exampleStart(parts, endpoint, at), at: sample.setAt };
}

function exampleStart(parts: ApiParts, endpoint: EndpointRow, at: string | null): Start {
  const { parameters } = knownParameters(parts.store, endpoint.id);
  const { body, query, headers } = exampleFields(parameters);
  const pairs = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]));
  const scope = requestScope({
    raw: {
      method: 'POST',
      url: `/?${pairs.toString()}`,
      headers: Object.entries(headers),
      receivedAt: parts.clock.now(),
    },
    payload: body,
    params: exampleParams(parts, endpoint.id),
  });
  return { scope, source: parameters.length === 0 ? typed : { ...example, at } };
}

/** The endpoint behind the webhook that starts what leads to a step. */
function startEndpoint(
  { store }: ApiParts,
  { document, workflowId, node }: ExpressionPlace,
  before: ReadonlySet<string>,
): EndpointRow | undefined {
  const hooks = hooksOf(document).filter(({ isStart }) => isStart);
  const hook = hooks.find((one) => before.has(one.node.id) || one.node.id === node.id) ?? hooks[0];
  if (hook === undefined || workflowId === undefined) return undefined;
  const { endpointId } = hook.config;
  return endpointId === undefined
    ? store.read.endpoints.ofWorkflow(workflowId).find(({ nodeId }) => nodeId === hook.node.id)
    : store.read.endpoints.byId(endpointId);
}

/** What is known of the outputs of kinds before they ever ran. */
const forms: Readonly<Record<string, unknown>> = {
  webhook: { payload: null, query: {}, headers: {}, method: 'POST', dateTime: '', params: {} },
  http: { status: 200, headers: {}, body: null },
};

interface Outputs {
  readonly steps: readonly { readonly nodeId: string; readonly name: string; readonly output: unknown }[];
  readonly parts: readonly ScopePart[];
}

/** The newest output of each step before, out of the newest runs. */
function outputsBefore(
  { store }: ApiParts,
  { document }: ExpressionPlace,
  before: ReadonlySet<string>,
  runs: readonly RunRow[],
  known: KnownSecrets,
): Outputs {
  const nodes = document.nodes.filter(({ id }) => before.has(id));
  const found = new Map<string, { readonly run: RunRow; readonly output: unknown }>();
  for (const run of runs) {
    if (found.size === nodes.length) break;
    for (const { id } of nodes) {
      const step = found.has(id) ? undefined : store.read.runs.lastSucceeded(run, id);
      if (step === undefined) continue;
      const output = readOutput(store, run, step);
      const shown = step.type === 'webhook' ? maskReceived(output, known) : output;
      found.set(id, { run, output: maskData(shown, known) });
    }
  }
  return {
    steps: nodes.map(({ id, name, type }) => ({
      nodeId: id,
      name,
      output: found.has(id) ? found.get(id)?.output : forms[type],
    })),
    parts: nodes.map(({ id }) => {
      const one = found.get(id);
      return { path: `steps.${id}`, ...(one === undefined ? typed : ofRun(one.run)) };
    }),
  };
}

/** The record a run works on: that of the newest run with one, else the newest of the entity there always is. */
function targetOf(
  { store }: ApiParts,
  runs: readonly RunRow[],
): { value: unknown; source: Source } | undefined {
  for (const run of runs) {
    const row =
      run.target === null ? undefined : store.read.records.byCuid(run.target.entity, run.target.cuid);
    if (row !== undefined) return { value: recordScope(row), source: ofRun(run) };
  }
  const [row] = store.read.records.list({ entity: 'InventoryModel', limit: 1 }).items;
  return row === undefined ? undefined : { value: recordScope(row), source: example };
}

/** The item a step inside a loop would have: the first of what the loop's `items` give over the scope so far. */
async function itemOf(
  { sandbox }: ApiParts,
  { document, node }: ExpressionPlace,
  scope: Readonly<Record<string, unknown>>,
): Promise<{ loop: WorkflowNode; item: unknown; count: number } | undefined> {
  const loopId = shapeOf(document).loopsOf(node.id).at(-1);
  const loop = document.nodes.find(({ id }) => id === loopId);
  if (loop === undefined) return undefined;
  const { items } = loop.config;
  const value = await (typeof items === 'string' && items.trim() !== ''
    ? sandbox.evaluate(items, scope)
    : undefined);
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return { loop, item: list[0], count: list.length };
}

/** Puts together what is known of the scope at a place. */
export async function knownScope(parts: ApiParts, place: ExpressionPlace): Promise<KnownScope> {
  const { store } = parts;
  const { document, workflowId, node } = place;
  const ids = document.nodes.map(({ id }) => id);
  const before = new Set(findAncestry(ids, shapeOf(document).followers).before(node.id));
  const runs = workflowId === undefined ? [] : store.read.runs.list({ workflowId, limit: mostRuns }).items;
  const endpoint = startEndpoint(parts, place, before);
  const known = secretsByEndpoint(parts)(endpoint?.id ?? '');
  const [newest] = runs;
  const sample = endpoint === undefined ? undefined : await startOfSample(parts, endpoint, known);
  const isSampleNewer = sample !== undefined && (newest === undefined || sample.at > newest.createdAt);
  const start =
    (isSampleNewer || newest === undefined ? undefined : startOfRun(parts, newest, known)) ??
    sample?.start ??
    (endpoint === undefined
      ? { scope: inputScope({}, parts.clock.now(), {}), source: typed }
      : exampleStart(parts, endpoint, null));

  const outputs = outputsBefore(parts, place, before, runs, known);
  const target = targetOf(parts, runs);
  const run = runScope({
    id: newest?.id ?? 'run_…',
    workflowId: workflowId ?? 'wf_…',
    startedAt: newest?.createdAt ?? parts.clock.now(),
    resumeUrl: '/hooks/resume/…',
  });
  const scope: Record<string, unknown> = {
    ...start.scope,
    steps: stepsScope(outputs.steps),
    ...(target === undefined ? {} : { target: target.value }),
    run,
    vars: {},
  };
  const scopeParts: ScopePart[] = [
    ...['trigger', 'webhookData', 'params'].map((path) => ({ path, ...start.source })),
    ...outputs.parts,
    ...(target === undefined ? [] : [{ path: 'target', ...target.source }]),
    { path: 'run', ...(newest === undefined ? typed : ofRun(newest)) },
  ];
  const inLoop = await itemOf(parts, place, scope).catch((error: unknown) => {
    // An `items` that fails is told where it is written; here there is just no item to show.
    if (error instanceof AppError) return undefined;
    throw error;
  });
  if (inLoop === undefined) return { scope, parts: scopeParts };
  const { loop, item, count } = inLoop;
  const frame = { nodeId: loop.id, name: loop.name, output: { item, index: 0, count } };
  const source = item === undefined ? typed : example;
  return {
    scope: { ...scope, steps: stepsScope([...outputs.steps, frame]), item, index: 0 },
    parts: [
      ...scopeParts.filter(({ path }) => path !== `steps.${loop.id}`),
      ...['item', 'index', `steps.${loop.id}`].map((path) => ({ path, ...source })),
    ],
  };
}
