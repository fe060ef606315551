/** Regression tests made of captured requests and of runs. */
import type { RunView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import type { CaseFile } from '../../shared/model/case.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { RequestRow, RunRow } from '../store/types.ts';
import { buildCase } from './build-case.ts';
import { hooksOf } from './hooks.ts';
import { maskRun } from './run-masking.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { secretsByEndpoint } from './request-view.ts';
import { requireRequest } from './requests.ts';
import { secretsOfRun } from './runs.ts';
import { liveDocument, requireWorkflow } from './workflow-saving.ts';

/** Refusals that tell of the request itself: a test can expect them. All others are those of the door. */
const ofTheBody: ReadonlySet<string> = new Set(
  `missing_parameter invalid_parameter malformed_json empty_body malformed_body too_deep too_many_keys
   unsupported_media_type unknown_action method_not_allowed`.split(/\s+/),
);

interface Wish {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** `cases.*` of the contract. */
export function caseProcedures(os: Procedures, parts: ApiParts) {
  return {
    build: os.cases.build.use(requires('admin')).handler(async ({ input }) => {
      const request = await requireRequest(parts, input.id);
      const run = runOf(parts, request, input.workflow);
      return toOutput(
        run === undefined
          ? caseOfRefusal(parts, request, input.workflow, input)
          : caseOfRun(parts, run, input),
      );
    }),

    buildFromRun: os.cases.buildFromRun.use(requires('admin')).handler(({ input }) => {
      const run = parts.store.read.runs.byId(input.id);
      if (run === undefined) throw new AppError({ code: 'not_found', message: 'No such run.' });
      return toOutput(caseOfRun(parts, run, input));
    }),
  };
}

/** What the contract shows: a document whose slug is always told. */
function toOutput(file: CaseFile) {
  return { ...file, workflow: { ...file.workflow, slug: file.workflow.slug ?? '' } };
}

/** The first run a request started; of the workflow that is asked for, where one is. */
function runOf({ store }: ApiParts, request: RequestRow, workflow: string | undefined): RunRow | undefined {
  const workflowId =
    workflow === undefined ? undefined : (store.read.workflows.byIdOrSlug(workflow)?.id ?? workflow);
  const rows = request.runs.flatMap(({ id }) => store.read.runs.byId(id) ?? []);
  return rows.find(
    (row) => row.requestId === request.id && (workflowId === undefined || row.workflowId === workflowId),
  );
}

function caseOfRun(parts: ApiParts, row: RunRow, wish: Wish): CaseFile {
  const { store, engine } = parts;
  const document = store.read.workflows.version(row.workflowId, row.version)?.document;
  const view = engine.describeRun(row.id);
  if (document === undefined || view === undefined)
    throw new AppError({ code: 'conflict', message: 'The version this run was started on is gone.' });
  const known = secretsOfRun(parts, view);
  const run: RunView = maskRun(view, known);
  const request = row.requestId === null ? undefined : store.read.requests.byId(row.requestId);
  return buildCase(parts, {
    workflowId: row.workflowId,
    document,
    run,
    row,
    request,
    nodeId: row.startNodeId,
    name: wish.name,
    description: wish.description,
    known,
  });
}

/** A request that started nothing, and rightly so: filtered, or refused for what it says. */
function caseOfRefusal(
  parts: ApiParts,
  request: RequestRow,
  workflow: string | undefined,
  wish: Wish,
): CaseFile {
  const isOwn = request.verdict === 'filtered' || ofTheBody.has(request.reason ?? '');
  if (!isOwn || request.reason === 'head') {
    throw new AppError({
      code: 'conflict',
      message: 'This request started no run, and was not refused for what it says: there is nothing to test.',
    });
  }
  const found = liveNode(parts, request, workflow);
  return buildCase(parts, {
    ...found,
    run: undefined,
    row: undefined,
    request,
    name: wish.name,
    description: wish.description,
    known: secretsByEndpoint(parts)(request.endpointId),
  });
}

/** The live workflow and the node of it an endpoint belongs to. */
function liveNode(
  parts: ApiParts,
  request: RequestRow,
  workflow: string | undefined,
): { readonly workflowId: string; readonly document: WorkflowDocument; readonly nodeId: string } {
  const endpoint = parts.store.read.endpoints.byId(request.endpointId);
  const rows =
    workflow !== undefined
      ? [requireWorkflow(parts, workflow)]
      : parts.store.read.workflows.active().map((one) => one.workflow);
  for (const row of rows) {
    const document = liveDocument(parts, row);
    if (document === undefined || endpoint === undefined) continue;
    const hook = hooksOf(document).find(({ node, config }) =>
      config.endpointId === undefined
        ? endpoint.workflowId === row.id && endpoint.nodeId === node.id
        : config.endpointId === endpoint.id,
    );
    if (hook !== undefined) return { workflowId: row.id, document, nodeId: hook.node.id };
  }
  throw new AppError({
    code: 'conflict',
    message: 'No live workflow is behind the endpoint of this request.',
  });
}
