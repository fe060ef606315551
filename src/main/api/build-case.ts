/**
 * Makes a regression test of what happened: the workflow as it was then, what arrived, what came of it, and the ends of
 * the steps that depend on the world, to stand for doing them. Secrets are left out of all of it.
 */
import { z } from 'zod';
import type { RunView, StepView } from '../../shared/contract/views.ts';
import {
  caseFormat,
  type CaseDelivery,
  type CaseFile,
  type CaseResponse,
  type CaseStep,
  type CaseStub,
} from '../../shared/model/case.ts';
import { type Recording, volatilePaths } from '../../shared/model/case-volatile.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { responseSchema } from '../../shared/model/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { isLive } from '../../shared/model/run.ts';
import { blot } from '../base/credentials.ts';
import { namedSecretPlace } from '../base/vault.ts';
import { findStep } from '../engine/kinds.ts';
import { isOutside } from '../engine/stubs.ts';
import type { RequestRow, RunRow } from '../store/types.ts';
import { portableDocument, secretNamesOf } from './case-document.ts';
import { caseRequest } from './case-request.ts';
import { type KnownSecrets, maskData, maskText } from './masking.ts';
import type { ApiParts } from './parts.ts';
import { toTime } from './times.ts';

/** What a test is made of. */
export interface CaseSource {
  readonly workflowId: string;
  readonly document: WorkflowDocument;
  /** Masked; undefined: the request started none. */
  readonly run: RunView | undefined;
  readonly row: RunRow | undefined;
  readonly request: RequestRow | undefined;
  readonly nodeId: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Of the endpoints; those of named secrets are found here. */
  readonly known: KnownSecrets;
}

/** Output of a webhook step. */
const receivedSchema = z.looseObject({
  headers: z.unknown(),
  dateTime: z.unknown(),
  query: z.record(z.string(), z.unknown()),
});

/** Longest answer that is kept with a request. */
const longestReply = 65_536;

/** Makes the file. @throws AppError `conflict` for a run that goes on, or a request that is not kept whole */
export function buildCase(parts: ApiParts, source: CaseSource): CaseFile {
  const { run, row, request, document } = source;
  if (run !== undefined && isLive(run.status))
    throw new AppError({ code: 'conflict', message: 'The run has not ended yet.' });
  const secrets = secretNamesOf(parts, document);
  const known = withNamed(parts, source.known, secrets);
  const workflow = maskedDocument(portableDocument(parts, document, source.workflowId), known);
  const trigger = triggerOf(parts, source, known);
  const deliveries = row === undefined ? [] : deliveriesOf(parts, row, known);
  const stubs = run === undefined ? {} : stubsOf(run, known);
  const target = run?.target ?? null;
  const record = target === null ? undefined : parts.store.read.records.byCuid(target.entity, target.cuid);
  const at = request?.raw.receivedAt ?? row?.createdAt ?? parts.clock.now();
  const recording: Recording = {
    fromAt: at,
    untilAt: Math.max(row?.finishedAt ?? at, at),
    given: JSON.stringify([trigger, deliveries, stubs, workflow, record?.data]),
  };
  return {
    format: caseFormat,
    name: source.name ?? `${document.name}, ${request?.id ?? row?.id ?? ''}`.slice(0, 200),
    description: source.description ?? '',
    capturedAt: toTime(at),
    workflow,
    records:
      record === undefined
        ? []
        : [{ entity: record.entity, cuid: record.cuid, data: masked(record.data, known) }],
    secrets,
    trigger,
    deliveries,
    stubs,
    expect: {
      response: isFirst(row) && request !== undefined ? responseOf(source, request, recording, known) : null,
      run:
        run === undefined || isLive(run.status)
          ? null
          : { status: endOf(run.status), ...(run.error === null ? {} : { error: run.error.code }) },
      steps: run === undefined ? [] : run.steps.flatMap((step) => stepOf(step, stubs, recording, known)),
    },
  };
}

/** Whether the caller was answered by this run: not by one that repeats it or tries it out. */
function isFirst(row: RunRow | undefined): boolean {
  return row === undefined || (row.retryOf === null && row.test === null);
}

function endOf(status: RunView['status']): 'succeeded' | 'failed' | 'cancelled' {
  return status === 'succeeded' || status === 'failed' ? status : 'cancelled';
}

/** Values of named secrets that can be opened are looked for as well. */
function withNamed(
  { store, vault }: ApiParts,
  known: KnownSecrets,
  secrets: readonly { readonly name: string }[],
): KnownSecrets {
  const values = secrets.flatMap(({ name }) => {
    const row = store.read.secrets.byName(name);
    try {
      return row === undefined ? [] : [vault.open(row.sealed, namedSecretPlace(name))];
    } catch {
      return [];
    }
  });
  return { names: known.names, values: [...known.values, ...values] };
}

function masked(data: Readonly<Record<string, unknown>>, known: KnownSecrets): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskData(value, known)]));
}

function maskedDocument(document: WorkflowDocument, known: KnownSecrets): WorkflowDocument {
  return {
    ...document,
    nodes: document.nodes.map((node) => ({ ...node, config: masked(node.config, known) })),
  };
}

function triggerOf(
  { store }: ApiParts,
  { request, nodeId, run, row }: CaseSource,
  known: KnownSecrets,
): CaseFile['trigger'] {
  if (request === undefined) return { kind: 'input', input: maskData(run?.input ?? null, known) };
  const raw = store.read.requests.raw(request.id);
  const call = { kind: 'request' as const, ...caseRequest(raw, request.bodySize, nodeId, known) };
  if (row?.edits?.input !== true) return call;
  // The payload was edited: it is sent as if it had come so.
  const headers = call.headers.filter(([name]) => !/^content-(?:type|encoding)$/i.test(name));
  return {
    ...call,
    headers: [...headers, ['Content-Type', 'application/json']],
    body: { encoding: 'utf8', data: JSON.stringify(maskData(run?.input ?? null, known)) },
  };
}

/** The requests that resumed the run, in order. */
function deliveriesOf({ store }: ApiParts, row: RunRow, known: KnownSecrets): CaseDelivery[] {
  const [start, ...steps] = store.read.runs.steps(row.id);
  return steps.flatMap((step) => {
    const { outputRequestId: id } = step;
    if (step.type !== 'webhook' || id === null || id === start?.outputRequestId) return [];
    const size = store.read.requests.byId(id)?.bodySize ?? 0;
    return [caseRequest(store.read.requests.raw(id), size, step.nodeId, known)];
  });
}

/** The ends of steps that depend on the world, and of those another output stood for. */
function stubsOf(run: RunView, known: KnownSecrets): CaseFile['stubs'] {
  const replaced = new Set([...(run.test?.pinned ?? []), ...(run.edits?.outputs ?? [])]);
  const stubs = new Map<string, CaseStub[]>();
  for (const step of run.steps) {
    const kind = findStep(step.type);
    const isStubbed = replaced.has(step.nodeId) || (kind !== undefined && isOutside(kind));
    if (!isStubbed || (step.status !== 'succeeded' && step.status !== 'failed')) continue;
    const { error } = step;
    stubs.set(step.nodeId, [
      ...(stubs.get(step.nodeId) ?? []),
      {
        ...(step.output === null ? {} : { output: maskData(step.output, known) }),
        ...(step.port === null || error !== null ? {} : { port: step.port }),
        ...(error === null ? {} : { error: { code: error.code, message: maskText(error.message, known) } }),
      },
    ]);
  }
  return Object.fromEntries(stubs);
}

/** What a webhook step received, without what its caller says of itself and the keys it showed. */
function withoutCaller(output: unknown): unknown {
  const received = receivedSchema.safeParse(output);
  if (!received.success) return output;
  const { headers: _headers, dateTime: _dateTime, query, ...rest } = received.data;
  const kept = Object.entries(query).filter(([, value]) => value !== blot);
  return { ...rest, query: Object.fromEntries(kept) };
}

function stepOf(
  step: StepView,
  stubs: CaseFile['stubs'],
  recording: Recording,
  known: KnownSecrets,
): CaseStep[] {
  if (step.status !== 'succeeded' && step.status !== 'failed') return [];
  const kind = findStep(step.type);
  const values = {
    ...(kind !== undefined && isOutside(kind) && step.input !== null
      ? { input: maskData(step.input, known) }
      : {}),
    // What a stub gives is no result of the test.
    ...(Object.hasOwn(stubs, step.nodeId)
      ? {}
      : { output: maskData(step.type === 'webhook' ? withoutCaller(step.output) : step.output, known) }),
  };
  const ofWebhook = step.type === 'webhook' ? ['$.output.headers', '$.output.dateTime'] : [];
  return [
    {
      nodeId: step.nodeId,
      status: step.status,
      ...(step.port === null ? {} : { port: step.port }),
      ...values,
      ...(step.error === null ? {} : { error: step.error.code }),
      ignore: [
        ...ofWebhook,
        ...volatilePaths(values, recording).filter(
          (path) => !ofWebhook.some((above) => path.startsWith(above)),
        ),
      ],
    },
  ];
}

/** The answer the caller got: its status, its type and the headers the endpoint sets itself. */
function responseOf(
  { document, nodeId }: CaseSource,
  request: RequestRow,
  recording: Recording,
  known: KnownSecrets,
): CaseResponse | null {
  const { status, replyBody, replyHeaders } = request;
  if (status === null) return null;
  const config = document.nodes.find((node) => node.id === nodeId)?.config;
  const set = responseSchema.safeParse(config?.['response']).data?.headers ?? {};
  const wanted = new Set(['content-type', ...Object.keys(set).map((name) => name.toLowerCase())]);
  const headers = Object.fromEntries(
    Object.entries(replyHeaders ?? {})
      .map(([name, value]) => [name.toLowerCase(), maskText(value, known)] as const)
      .filter(([name]) => wanted.has(name)),
  );
  const text = replyBody === null || replyBody.length >= longestReply ? undefined : replyBody;
  const json = text === undefined ? undefined : jsonOf(text, headers['content-type']);
  const body =
    json === undefined
      ? text === undefined
        ? {}
        : { text: maskText(text, known) }
      : { json: maskData(json.value, known) };
  return {
    status,
    headers,
    ...body,
    ignore: json === undefined ? [] : [...volatilePaths(json.value, recording)],
  };
}

function jsonOf(text: string, type: string | undefined): { readonly value: unknown } | undefined {
  if (type?.includes('json') !== true) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
