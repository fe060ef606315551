/** One question that waits for a person: what it is about, its form, and the two answers. */
import { Button, Group, Textarea } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import type { ApprovalView } from '../../../shared/contract/approvals.ts';
import { useAction } from '../../data/action.ts';
import { decide } from '../../data/approvals.ts';
import { type Answers, AnswerForm } from '../../ui/AnswerForm.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './approvals.module.css';

export interface ApprovalCardProps {
  readonly approval: ApprovalView;
  /** Whether the run is named, with a link: not where it is on the page anyway. */
  readonly isLinked: boolean;
}

/** The card. It is gone as soon as the answer is stored. */
export function ApprovalCard({ approval, isLinked }: ApprovalCardProps): ReactNode {
  const [answers, setAnswers] = useState<Answers>({});
  const [comment, setComment] = useState('');
  const { run, isBusy, failure } = useAction(decide);
  const general = failure === null || failure.issues.length > 0 ? null : failure.message;
  const answer = (approved: boolean): void =>
    void run(approval, { approved, form: approved ? answers : {}, comment: comment.trim() });
  return (
    <section className={classes['card']} aria-label={approval.title}>
      <h3 className={classes['title']}>
        <HostileText text={approval.title} />
      </h3>
      <p className={classes['dim']}>
        {isLinked && (
          <>
            <Link to={`/runs/${approval.runId}`}>
              <HostileText text={approval.workflowName} />
            </Link>{' '}
            ·{' '}
          </>
        )}
        waits since <TimeText at={approval.waitingSince} mode="relative" />
        {approval.timeoutAt !== null && (
          <>
            , until <TimeText at={approval.timeoutAt} />
          </>
        )}
        {approval.assignee !== null && (
          <>
            {' '}
            · for <HostileText text={approval.assignee} />
          </>
        )}
      </p>
      {approval.message === '' ? null : (
        <p className={classes['message']}>
          <HostileText text={approval.message} isBlock />
        </p>
      )}
      <AnswerForm fields={approval.fields} answers={answers} onChange={setAnswers} refusal={failure} />
      <Textarea
        label="Comment"
        placeholder="Kept with the run"
        value={comment}
        maxLength={10_000}
        autosize
        minRows={1}
        maxRows={6}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {general === null ? null : (
        <p className={classes['fault']} role="alert">
          {general}
        </p>
      )}
      <Group gap="xs" className={classes['answers'] ?? ''}>
        <Button
          leftSection={<IconCheck size={15} aria-hidden />}
          loading={isBusy}
          onClick={() => answer(true)}
        >
          Approve
        </Button>
        <Button
          variant="default"
          leftSection={<IconX size={15} aria-hidden />}
          disabled={isBusy}
          onClick={() => answer(false)}
        >
          Reject
        </Button>
      </Group>
    </section>
  );
}
