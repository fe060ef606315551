/** Everything that waits for a person's word, the oldest first, to be answered on the spot. */
import { IconHandStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { approvalsMirror } from '../../data/approvals.ts';
import { useMirror } from '../../data/mirror.ts';
import { formatCount } from '../../ui/formats.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { ApprovalCard } from './ApprovalCard.tsx';
import classes from './approvals.module.css';

const everyRun = {};

/** How many there are; undefined while nobody knows. */
export function useApprovalCount(): number | undefined {
  return useMirror(approvalsMirror, everyRun).data?.total;
}

/** The view. */
export function ApprovalsView(): ReactNode {
  const { data, status, error, refetch } = useMirror(approvalsMirror, everyRun);
  if (data === undefined) {
    return status === 'failed' ? (
      <ErrorState title="The approvals could not be read" reason={error?.message ?? ''} onRetry={refetch} />
    ) : (
      <LoadingState what="approvals" />
    );
  }
  if (data.items.length === 0) {
    return (
      <EmptyState icon={<IconHandStop size={30} stroke={1.4} />} title="Nothing waits for you">
        A run that comes to an Approval step pauses, and its question appears here.
      </EmptyState>
    );
  }
  return (
    <div className={classes['view']}>
      {data.items.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} isLinked />
      ))}
      {data.total > data.items.length && (
        <p className={classes['dim']}>
          {formatCount(data.total - data.items.length, 'more approval')} will follow.
        </p>
      )}
    </div>
  );
}

/** What waits in one run; nothing where nothing does. */
export function RunApprovals({ runId }: { readonly runId: string }): ReactNode {
  const { data } = useMirror(approvalsMirror, { run: runId });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <div className={classes['inRun']}>
      {data.items.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} isLinked={false} />
      ))}
    </div>
  );
}
