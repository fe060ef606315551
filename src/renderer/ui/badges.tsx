/** States as words with a colour; the word alone is enough, the colour is for the glance. */
import type { ReactNode } from 'react';
import type { Verdict } from '../../shared/model/request.ts';
import type { RunStatus } from '../../shared/model/run.ts';
import classes from './Badge.module.css';

/** What a state means: fine, broken, waiting for something, at work, or merely noted. */
export type Tone = 'ok' | 'bad' | 'wait' | 'busy' | 'note';

export interface ToneBadgeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly title?: string | undefined;
}

/** A word on a tinted ground. */
export function ToneBadge({ tone, children, title }: ToneBadgeProps): ReactNode {
  return (
    <span className={`${classes['badge']} ${classes[tone]}`} title={title}>
      {children}
    </span>
  );
}

/** A small dot; the text beside it says the same in words. */
export function StatusDot({
  tone,
  isPulsing = false,
}: {
  readonly tone: Tone;
  readonly isPulsing?: boolean;
}): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={`${classes['dot']} ${classes[tone]} ${isPulsing ? classes['isPulsing'] : ''}`}
      style={{ backgroundColor: 'currentcolor' }}
    />
  );
}

const verdicts: Readonly<Record<Verdict, { tone: Tone; title: string }>> = {
  accepted: { tone: 'ok', title: 'Stored, and started or resumed what it should' },
  duplicate: { tone: 'note', title: 'Arrived before; nothing started again' },
  held: { tone: 'wait', title: 'Held until the run reaches the step it is for' },
  sample: { tone: 'busy', title: 'Became the sample; nothing started' },
  filtered: { tone: 'note', title: "The endpoint's filter was not true; nothing started" },
  handshake: { tone: 'busy', title: "Answered the sender's handshake" },
  rejected: { tone: 'bad', title: 'Refused; the reason is beside it' },
};

/** What became of a request. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }): ReactNode {
  const { tone, title } = verdicts[verdict];
  return (
    <ToneBadge tone={tone} title={title}>
      {verdict}
    </ToneBadge>
  );
}

/** The tone of a run's or step's status. */
export const runTones: Readonly<Record<RunStatus, Tone>> = {
  queued: 'note',
  running: 'busy',
  waiting: 'wait',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'note',
};

/** The status of a run or a step. */
export function RunStatusBadge({ status }: { readonly status: RunStatus }): ReactNode {
  return (
    <ToneBadge tone={runTones[status]}>
      <StatusDot tone={runTones[status]} isPulsing={status === 'running'} />
      {status}
    </ToneBadge>
  );
}
