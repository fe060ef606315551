/**
 * Runs that try a workflow out, and runs repeated with edited data (SPEC 11): what a captured request says is read again
 * by the parameters of the document in hand, so that a draft is tried as it would be live.
 */
import type { z } from 'zod';
import type { testRunShape } from '../../shared/contract/runs.ts';
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { Target } from '../../shared/model/run.ts';
import type { RawRequest } from '../base/raw-request.ts';
import type { EditWish } from '../engine/edit-run.ts';
import { readPairs } from '../receiver/body/named-values.ts';
import type { ParameterSource } from '../receiver/gate/find-parameter.ts';
import { readParameters } from '../receiver/gate/read-parameters.ts';
import { readHead } from '../receiver/head.ts';
import { knownParameters } from '../receiver/sample/known-parameters.ts';
import { readStored } from '../receiver/sample/understand.ts';
import type { RunRow, WorkflowRow } from '../store/types.ts';
import { styleOf } from '../styles/registry.ts';
import { hooksOf, type Hook } from './hooks.ts';
import { paramsOfInput } from './input-params.ts';
import type { ApiParts } from './parts.ts';
import { requireRequest } from './requests.ts';

/** The options of a start that make it a test run. */
export type TestOptions = z.infer<z.ZodObject<typeof testRunShape>>;

/** Whether a start is to be a test run. */
export function isTest(options: TestOptions): boolean {
  const { version, request, fromStep, until, onlyStep, dryRun, pins, outputs } = options;
  const given = [version, request, fromStep, until, onlyStep, outputs];
  return dryRun === true || pins === true || given.some((option) => option !== undefined);
}

interface TestStart {
  readonly input: unknown;
  readonly target: Target | undefined;
  readonly options: TestOptions;
}

/** Starts a test run. @throws AppError `not_found`, `invalid`, `conflict`, `missing_parameter`, … */
export async function startTest(
  parts: ApiParts,
  row: WorkflowRow,
  { input, target, options }: TestStart,
): Promise<{ readonly runId: string }> {
  const { store, engine } = parts;
  const version = options.version ?? row.activeVersion ?? row.latestVersion ?? 'draft';
  const document = version === 'draft' ? row.draft : store.read.workflows.version(row.id, version)?.document;
  if (document === undefined)
    throw new AppError({ code: 'not_found', message: `There is no version ${version}.` });
  const isPinned = options.pins ?? version === 'draft';
  const trigger =
    options.request === undefined
      ? {
          inputJson: JSON.stringify(input ?? null),
          paramsJson: toJson(await paramsOfInput(parts, document, undefined, input ?? null)),
        }
      : await triggerOf(parts, document, options.request, input);
  return engine.startTestRun({
    workflowId: row.id,
    version,
    target,
    ...trigger,
    fromStep: options.onlyStep ?? options.fromStep,
    until: options.onlyStep ?? options.until,
    dryRun: options.dryRun === true,
    outputs: { ...(isPinned ? store.read.workflows.pins(row.id) : {}), ...options.outputs },
  });
}

const toJson = (params: Readonly<Record<string, unknown>> | undefined): string | null =>
  params === undefined ? null : JSON.stringify(params);

/** The webhook node a request to an endpoint is for; undefined: none of this document. */
function hookFor(parts: ApiParts, document: WorkflowDocument, endpointId: string): Hook | undefined {
  const nodeId = parts.store.read.endpoints.byId(endpointId)?.nodeId;
  const hooks = hooksOf(document);
  return (
    hooks.find(({ config }) => config.endpointId === endpointId) ??
    hooks.find(({ node, config }) => node.id === nodeId && config.endpointId === undefined) ??
    hooks.find(({ isStart }) => isStart)
  );
}

/** What a captured request is to a document: payload, parameters, record and node. `input` stands for its payload. */
async function triggerOf(parts: ApiParts, document: WorkflowDocument, requestId: string, input: unknown) {
  const request = await requireRequest(parts, requestId);
  const stored = parts.store.read.requests.raw(requestId);
  if (stored === undefined) throw new AppError({ code: 'not_found', message: 'No such request.' });
  if (request.storedBodySize < request.bodySize) {
    throw new AppError({
      code: 'conflict',
      message: 'Only the beginning of this refused body was kept.',
    });
  }
  const hook = hookFor(parts, document, request.endpointId);
  const style = styleOf(parts.store.read.endpoints.byId(request.endpointId)?.style ?? 'native');
  const payload =
    input === undefined
      ? await readStored(stored, style.reading)
      : { value: input, text: JSON.stringify(input), isTyped: true };
  if (payload === undefined) {
    throw new AppError({ code: 'conflict', message: 'The body of this request can not be read.' });
  }
  const paramsJson = await paramsOf(parts, hook, request.endpointId, stored, payload);
  return {
    inputJson: payload.text ?? null,
    paramsJson,
    requestId,
    startNodeId: hook?.isStart === true ? hook.node.id : undefined,
    ...targetIn(() => style.intent(payload.value, 'start')),
  };
}

/** The record a request names; none where it names none, or says nothing its style understands. */
function targetIn(read: () => ReturnType<ReturnType<typeof styleOf>['intent']>): { target?: Target } {
  try {
    const intent = read();
    return intent.kind === 'byCorrelation' || intent.target === null ? {} : { target: intent.target };
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}

/** The parameters of a request, by what the node in hand expects; null: it expects none. */
async function paramsOf(
  parts: ApiParts,
  hook: Hook | undefined,
  endpointId: string,
  raw: RawRequest,
  payload: NonNullable<ParameterSource['payload']>,
): Promise<string | null> {
  const known = knownParameters(parts.store, endpointId);
  const isOwn = hook !== undefined && hook.config.endpointId === undefined;
  const parameters = (isOwn ? hook.config.parameters : undefined) ?? known.parameters;
  const fullBody = (isOwn ? hook.config.fullBody : undefined) ?? known.fullBody;
  if (parameters.length === 0 && !fullBody) return null;
  const head = readHead(raw);
  const endpoint = parts.store.read.endpoints.byId(endpointId);
  const source = {
    head,
    query: readPairs(head.search),
    payload,
    route: { style: styleOf(endpoint?.style ?? 'native') },
  };
  return (await readParameters(source, { parameters, fullBody }, parts)).paramsJson;
}

/** What a person edits before a run is repeated, with the parameters an edited payload has. */
export async function readEdit(
  parts: ApiParts,
  run: RunRow,
  given: {
    readonly fromStep?: string | undefined;
    readonly input?: unknown;
    readonly outputs?: Record<string, unknown> | undefined;
  },
): Promise<EditWish> {
  const { fromStep, input, outputs } = given;
  const edited = Object.hasOwn(given, 'input') && input !== undefined;
  return {
    fromStep,
    outputs,
    ...(edited ? { input: { value: input, paramsJson: await editedParams(parts, run, input) } } : {}),
  };
}

async function editedParams(parts: ApiParts, run: RunRow, input: unknown): Promise<string | null> {
  const { store } = parts;
  const stored = run.requestId === null ? undefined : store.read.requests.raw(run.requestId);
  const endpointId = run.requestId === null ? undefined : store.read.requests.byId(run.requestId)?.endpointId;
  const document = store.read.workflows.version(run.workflowId, run.version)?.document;
  if (stored === undefined || endpointId === undefined || document === undefined) return run.paramsJson;
  const hook = hooksOf(document).find(({ node }) => node.id === run.startNodeId);
  const payload = { value: input, text: JSON.stringify(input), isTyped: true };
  return paramsOf(parts, hook, endpointId, stored, payload);
}
