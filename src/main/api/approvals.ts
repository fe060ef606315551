/** Approvals: what waits for a person, and the person's word (SPEC 8, 11). */
import { z } from 'zod';
import type { ApprovalView } from '../../shared/contract/approvals.ts';
import type { RunView } from '../../shared/contract/views.ts';
import { readFormFields } from '../../shared/model/form.ts';
import { approvalId, stepSeqOf } from '../engine/approvals.ts';
import type { ApprovalRow } from '../store/approvals-read.ts';
import type { Store } from '../store/open-store.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime, toTimeOrNull } from './times.ts';

/** What a waiting step shows of its question. */
const questionSchema = z.object({
  title: z.string().catch(''),
  message: z.string().catch(''),
  assignee: z.string().nullable().catch(null),
});

/** A question as people see it; the form is that of the version its run is on. */
function toView(store: Store, row: ApprovalRow): ApprovalView {
  const given: unknown = row.inputJson === null ? {} : JSON.parse(row.inputJson);
  const question = questionSchema.catch({ title: '', message: '', assignee: null }).parse(given);
  const node = store.read.workflows
    .version(row.workflowId, row.version)
    ?.document.nodes.find((one) => one.id === row.nodeId);
  return {
    id: approvalId(row.seq),
    runId: row.runId,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    nodeId: row.nodeId,
    nodeName: row.nodeName,
    title: question.title === '' ? row.nodeName : question.title,
    message: question.message,
    assignee: question.assignee === '' ? null : question.assignee,
    fields: node === undefined ? [] : [...readFormFields(node.config)],
    waitingSince: toTime(row.waitingSinceAt),
    timeoutAt: toTimeOrNull(row.timeoutAt),
  };
}

/** `approvals.*` of the contract. */
export function approvalProcedures(os: Procedures, { store }: ApiParts) {
  return {
    list: os.approvals.list.use(requires('read')).handler(({ input }) => {
      const { limit, cursor, workflow, run } = input;
      const workflowId =
        workflow === undefined ? undefined : (store.read.workflows.byIdOrSlug(workflow)?.id ?? workflow);
      const page = store.read.approvals.list({ limit, cursor, workflowId, runId: run });
      return {
        items: page.items.map((row) => toView(store, row)),
        nextCursor: page.nextCursor,
        total: store.read.approvals.count(),
      };
    }),
  };
}

/** `runs.approve` of the contract. */
export function approveProcedure(os: Procedures, { engine }: ApiParts, describe: (id: string) => RunView) {
  return os.runs.approve.use(requires('run')).handler(async ({ input, context }) => {
    await engine.approve({
      runId: input.id,
      nodeId: input.nodeId,
      stepSeq: stepSeqOf(input.approvalId),
      approved: input.approved,
      form: input.form,
      comment: input.comment,
      by: context.caller ?? 'operator',
    });
    return describe(input.id);
  });
}
