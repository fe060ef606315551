/**
 * Samples of endpoints (SPEC 6, 11): listening for one, giving one, editing the parameters read out of it. A listening
 * endpoint takes its sample even while its workflow is not live or it is switched off; callers who can not authenticate
 * meet the 404 of SPEC 4.2 as before.
 */
import type { SampleView } from '../../shared/contract/samples.ts';
import { type Parameter, parameterSchema } from '../../shared/model/endpoint.ts';
import { listeningMs, type SampleSource } from '../../shared/model/sample.ts';
import { checkConfig } from '../engine/check-config.ts';
import { findStep } from '../engine/kinds.ts';
import { groupByName } from '../receiver/body/named-values.ts';
import { keepMarks } from '../receiver/sample/keep-marks.ts';
import { knownParameters } from '../receiver/sample/known-parameters.ts';
import { readSample, type SampleContent } from '../receiver/sample/read-sample.ts';
import { listeningUntilOf } from '../store/samples-read.ts';
import type { EndpointRow } from '../store/types.ts';
import { hooksOf } from './hooks.ts';
import { invalid } from './issues.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { contentOf, rulesOf } from './sample-content.ts';
import { findEndpoint } from './shared-sources.ts';
import { toTime, toTimeOrNull } from './times.ts';
import type { InTurn } from './turns.ts';
import { liveDocument } from './workflow-saving.ts';

type TextValue = string | number | boolean | null;
type PairList = readonly { readonly name: string; readonly value: TextValue }[];

/** A sample as it is given. */
interface GivenSample {
  readonly json?: unknown;
  readonly pairs?: Readonly<Record<string, TextValue>> | PairList | undefined;
  readonly requestId?: string | undefined;
  readonly parameters?: readonly Parameter[] | undefined;
  readonly fullBody?: boolean | undefined;
}

/** `endpoints.*` about samples. */
export function sampleProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  const { store, clock } = parts;
  return {
    listen: os.endpoints.listen.use(requires('admin')).handler(async ({ input: { id } }) => {
      const until = clock.now() + listeningMs;
      await store.write('listenForSample', { endpointId: findEndpoint(parts, id).id, until });
      return { listeningUntil: toTime(until) };
    }),

    stopListening: os.endpoints.stopListening.use(requires('admin')).handler(async ({ input: { id } }) => {
      await store.write('listenForSample', { endpointId: findEndpoint(parts, id).id, until: null });
      return { listeningUntil: null };
    }),

    sample: os.endpoints.sample
      .use(requires('read'))
      .handler(({ input }) => toSampleView(parts, findEndpoint(parts, input.id))),

    saveSample: os.endpoints.saveSample.use(requires('admin')).handler(({ input: { id, ...given } }) =>
      inTurn(async () => {
        const endpoint = findEndpoint(parts, id);
        await saveSample(parts, endpoint, given);
        return toSampleView(parts, endpoint);
      }),
    ),
  };
}

/** @throws AppError `invalid`, `not_found`, `conflict` */
async function saveSample(parts: ApiParts, endpoint: EndpointRow, given: GivenSample): Promise<void> {
  const source = sourceOf(given);
  const known = knownParameters(parts.store, endpoint.id).parameters;
  const content = source === undefined ? undefined : await readGiven(parts, endpoint, source, given);
  const parsed = content && readSample(content, rulesOf(parts, endpoint));
  const parameters =
    given.parameters ?? (parsed && content ? keepMarks(parsed.parameters, known, content.isTyped) : known);
  requireValid(parameters);
  await parts.store.write('saveSample', {
    endpointId: endpoint.id,
    source,
    shape: parsed?.shape,
    requestId: given.requestId ?? null,
    parameters,
    fullBody: given.fullBody,
    at: parts.clock.now(),
  });
}

/** Which kind of sample is given; undefined: only the parameters. @throws AppError `invalid` */
function sourceOf({ json, pairs, requestId, parameters, fullBody }: GivenSample): SampleSource | undefined {
  const sources: SampleSource[] = [];
  if (json !== undefined) sources.push('json');
  if (pairs !== undefined) sources.push('pairs');
  if (requestId !== undefined) sources.push('request');
  if (sources.length > 1)
    throw invalid([{ path: '', message: 'Give one of json, pairs and requestId, not several.' }]);
  if (sources.length === 0 && parameters === undefined && fullBody === undefined)
    throw invalid([{ path: '', message: 'Give json, pairs, requestId or parameters.' }]);
  return sources[0];
}

function readGiven(
  parts: ApiParts,
  endpoint: EndpointRow,
  source: SampleSource,
  { json, pairs = [], requestId = '' }: GivenSample,
): SampleContent | Promise<SampleContent> {
  if (source === 'request') return contentOf(parts, endpoint, requestId);
  const nothingElse = { query: [], headers: [] } as const;
  if (source === 'json') return { payload: asJson(json), isTyped: true, ...nothingElse };
  const entries = isList(pairs)
    ? pairs.map(({ name, value }) => [name, value] as const)
    : Object.entries(pairs);
  return { payload: groupByName(entries), isTyped: false, ...nothingElse };
}

/** An example may be pasted as the text it is: one that reads as an object or a list is that. */
function asJson(given: unknown): unknown {
  if (typeof given !== 'string' || !/^\s*[{[]/.test(given)) return given;
  try {
    const value: unknown = JSON.parse(given);
    return value;
  } catch {
    return given;
  }
}

const isList = (pairs: Readonly<Record<string, TextValue>> | PairList): pairs is PairList =>
  Array.isArray(pairs);

/** @throws AppError `invalid` for names that stand twice and paths that are no expressions */
function requireValid(parameters: readonly Parameter[]): void {
  const kind = findStep('webhook');
  const config = { auth: { scheme: 'none' }, parameters: parameterSchema.array().parse(parameters) };
  const faults = kind === undefined ? [] : checkConfig(kind, config);
  if (faults.length > 0) throw invalid(faults.map(({ path, message }) => ({ path, message })));
}

function toSampleView(parts: ApiParts, endpoint: EndpointRow): SampleView {
  const sample = parts.store.read.samples.byEndpoint(endpoint.id);
  const { parameters, fullBody } = knownParameters(parts.store, endpoint.id);
  const live = liveParameters(parts, endpoint);
  return {
    parameters: [...parameters],
    fullBody,
    source: sample?.source ?? null,
    requestId: sample?.requestId ?? null,
    listeningUntil: toTimeOrNull(listeningUntilOf(sample, parts.clock.now())),
    setAt: toTimeOrNull(sample?.setAt ?? null),
    driftSince: toTimeOrNull(sample?.driftSince ?? null),
    liveDiffers: live !== undefined && JSON.stringify(live) !== JSON.stringify(parameters),
  };
}

/** Parameters the live version of a workflow states itself. */
function liveParameters(
  parts: ApiParts,
  { workflowId, nodeId }: EndpointRow,
): readonly Parameter[] | undefined {
  const row = workflowId === null ? undefined : parts.store.read.workflows.byId(workflowId);
  const document = row && liveDocument(parts, row);
  return document && hooksOf(document).find(({ node }) => node.id === nodeId)?.config.parameters;
}
