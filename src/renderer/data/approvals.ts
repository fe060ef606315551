/** Approvals: what waits for a person's word, and giving it. */
import type { ApprovalView } from '../../shared/contract/approvals.ts';
import type { RunView } from '../../shared/contract/views.ts';
import { call } from './connection.ts';
import { defineMirror } from './mirror.ts';

/** What waits, the oldest first, and how much it is in all. */
export interface WaitingApprovals {
  readonly items: readonly ApprovalView[];
  readonly total: number;
}

/** Of one run, or of all runs where none is named. */
export const approvalsMirror = defineMirror<{ readonly run?: string }, WaitingApprovals>({
  topics: ['runs'],
  read: async (client, filter, signal) => {
    // A list answers with the newest first: here a form one is filling in must not be pushed down by the next one.
    const { items, total } = await client.approvals.list({ ...filter, limit: 100 }, { signal });
    return { items: items.toReversed(), total };
  },
});

/** A person's word on one of them. */
export interface Decision {
  readonly approved: boolean;
  readonly form: Readonly<Record<string, unknown>>;
  readonly comment: string;
}

/** Approves or rejects; the run goes on at once. */
export const decide = (
  { id, runId, nodeId, fields }: ApprovalView,
  { approved, form, comment }: Decision,
): Promise<RunView> =>
  call((client) =>
    client.runs.approve({
      id: runId,
      nodeId,
      approvalId: id,
      approved,
      comment,
      ...(fields.length === 0 ? {} : { form: { ...form } }),
    }),
  );
