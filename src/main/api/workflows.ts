/** Workflows: their drafts, what is wrong with them, their end, and the trigger's secret (SPEC 2, 8, 11). */
import { AppError } from '../../shared/errors.ts';
import { newSecret } from '../base/ids.ts';
import type { WorkflowRow } from '../store/types.ts';
import { storeSecrets } from './endpoint-secrets.ts';
import { authOf, hooksOf, secretFieldsOfAuth, type Hook } from './hooks.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTimeOrNull } from './times.ts';
import type { InTurn } from './turns.ts';
import { commitDraft } from './versions.ts';
import { faultsOfDocument, requireRunnable, warningsOfDocument } from './workflow-faults.ts';
import {
  createWorkflow,
  liveDocument,
  requireWorkflow,
  switchWorkflow,
  updateWorkflow,
} from './workflow-saving.ts';
import { findWorkflows } from './workflow-search.ts';
import { summarizer, toWorkflowView } from './workflow-view.ts';

/** The secrets senders sign with or show; of those that are made here, "rotate" replaces the first. */
const rotatedFields = ['secret', 'secretKey', 'key', 'token', 'password'] as const;

/** `workflows.*` of the contract. */
export function workflowProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  const { store, engine, clock } = parts;
  const view = (row: WorkflowRow) => toWorkflowView(parts, row);

  async function commitAndActivate(row: WorkflowRow): Promise<WorkflowRow> {
    const version = await commitDraft(parts, row, '');
    return switchWorkflow(parts, requireWorkflow(parts, row.id), version);
  }

  return {
    list: os.workflows.list.use(requires('read')).handler(({ input }) => {
      const page = findWorkflows(store, input);
      return { items: page.items.map(summarizer(parts)), nextCursor: page.nextCursor };
    }),

    create: os.workflows.create.use(requires('admin')).handler(({ input: { query, body } }) =>
      inTurn(async () => {
        // Judged before anything is stored: a document that cannot go live leaves nothing behind.
        if (query?.activate === true) requireRunnable(parts, body);
        const row = await createWorkflow(parts, body);
        return view(query?.activate === true ? await commitAndActivate(row) : row);
      }),
    ),

    get: os.workflows.get
      .use(requires('read'))
      .handler(({ input }) => view(requireWorkflow(parts, input.id))),

    update: os.workflows.update.use(requires('admin')).handler(({ input: { params, query, body } }) =>
      inTurn(async () => {
        if (query?.activate === true) requireRunnable(parts, body);
        const row = await updateWorkflow(parts, params.id, body);
        return view(query?.activate === true ? await commitAndActivate(row) : row);
      }),
    ),

    remove: os.workflows.remove.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const { id } = requireWorkflow(parts, input.id);
        const { cancelledRunIds } = await store.write('removeWorkflow', { id, at: clock.now() });
        engine.noteCancelled(cancelledRunIds);
        return { id };
      }),
    ),

    check: os.workflows.check.use(requires('read')).handler(({ input }) => ({
      issues: [...faultsOfDocument(parts, input)],
      warnings: [...warningsOfDocument(parts, input)],
    })),

    rotateSecret: os.workflows.rotateSecret.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const row = requireWorkflow(parts, input.id);
        const { endpointId, field } = rotatedSecret(parts, row);
        const secret = newSecret();
        const until = await storeSecrets(parts, {
          endpointId,
          values: { [field]: secret },
          overlapMs: input.overlapSeconds * 1_000,
          at: clock.now(),
        });
        return { secret, previousValidUntil: toTimeOrNull(until) };
      }),
    ),
  };
}

/** Which secret "the webhook's secret" is: that of the first webhook that starts the workflow. */
function rotatedSecret(parts: ApiParts, row: WorkflowRow): { endpointId: string; field: string } {
  const hooks = hooksOf(liveDocument(parts, row) ?? row.draft);
  const hook: Hook | undefined = hooks.find((one) => one.isStart) ?? hooks[0];
  if (hook === undefined) {
    throw new AppError({ code: 'conflict', message: 'This workflow has no webhook trigger.' });
  }
  const shared =
    hook.config.endpointId === undefined
      ? undefined
      : parts.store.read.endpoints.byId(hook.config.endpointId);
  const endpoint =
    shared ?? parts.store.read.endpoints.ofWorkflow(row.id).find((one) => one.nodeId === hook.node.id);
  const settings = shared?.settings ?? hook.config;
  const { all, generated } = secretFieldsOfAuth(authOf(settings));
  const field = rotatedFields.find((name) => generated.includes(name));
  if (endpoint === undefined || field === undefined) {
    const message =
      all.length === 0
        ? 'The webhook trigger of this workflow has no secret.'
        : 'The sender makes this secret: get a new one there, and set it with reset-key of the endpoint.';
    throw new AppError({ code: 'conflict', message });
  }
  return { endpointId: endpoint.id, field };
}
