/** Why the sender was believed or not, in plain words, and what mends it. Secrets never come here. */
import type { ReactNode } from 'react';
import type { Verification } from '../../../shared/contract/inspector.ts';
import type { RequestView } from '../../../shared/contract/views.ts';
import { useMirror } from '../../data/mirror.ts';
import { verificationMirror } from '../../data/requests.ts';
import { type Tone, ToneBadge } from '../../ui/badges.tsx';
import { formatDuration } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './detail.module.css';
import { meaningOfStage, titleOfStage, verifyingStages } from './stage-words.ts';

const verdicts: Readonly<Record<Verification['verdict'], { readonly tone: Tone; readonly word: string }>> = {
  genuine: { tone: 'ok', word: 'genuine' },
  refused: { tone: 'bad', word: 'not genuine' },
  none: { tone: 'note', word: 'not checked' },
};

/** What was checked and what came of it. */
export function VerificationTab({ request }: { readonly request: RequestView }): ReactNode {
  const { data, status, error, refetch } = useMirror(verificationMirror, request.id);
  const found = request.stages.filter(({ stage }) => verifyingStages.includes(stage));
  return (
    <>
      {data !== undefined ? (
        <Diagnosis verification={data} />
      ) : status === 'failed' ? (
        <ErrorState
          title="The verification could not be looked into"
          reason={error?.message ?? ''}
          onRetry={refetch}
        />
      ) : (
        <LoadingState what="verification" shape="detail" />
      )}
      {found.length > 0 && (
        <section className={classes['section']}>
          <h3 className={classes['heading']}>What was checked when it came</h3>
          <dl className={classes['facts2']}>
            {found.map((stage) => (
              <Fact key={stage.stage} title={titleOfStage(stage.stage)} isBad={!stage.ok}>
                {stage.note ?? meaningOfStage(stage.stage)}
              </Fact>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

function Diagnosis({ verification }: { readonly verification: Verification }): ReactNode {
  const { tone, word } = verdicts[verification.verdict];
  const { sentence, mend, title, signedOver, presented, expected, clockSkewMs, secretAgeNote, tried } =
    verification;
  return (
    <>
      <section className={classes['section']}>
        <h3 className={classes['heading']}>Sender</h3>
        <p className={classes['says']}>
          <ToneBadge tone={tone}>{word}</ToneBadge> <HostileText text={sentence} />
        </p>
        {mend !== null && (
          <p className={classes['mend']}>
            <strong>To mend it:</strong> <HostileText text={mend} />
          </p>
        )}
      </section>
      <section className={classes['section']}>
        <h3 className={classes['heading']}>Looked into with today’s keys</h3>
        <dl className={classes['facts2']}>
          <Fact title="Scheme">{title}</Fact>
          {signedOver !== null && <Fact title="Signed">{signedOver}</Fact>}
          {presented !== null && (
            <Fact title="Presented" isMono>
              {presented}
            </Fact>
          )}
          {expected !== null && (
            <Fact title="Expected" isMono>
              {expected}
            </Fact>
          )}
          {clockSkewMs !== null && <Fact title="Sender’s clock">{skewOf(clockSkewMs)}</Fact>}
          {secretAgeNote !== null && <Fact title="Secret">{secretAgeNote}</Fact>}
        </dl>
        {tried.length > 0 && (
          <details className={classes['tried']}>
            <summary>Usual mistakes that were looked for: {tried.length}</summary>
            <ul>
              {tried.map(({ id, title: mistake, fits }) => (
                <li key={id}>
                  {mistake} <ToneBadge tone={fits ? 'ok' : 'note'}>{fits ? 'fits' : 'no'}</ToneBadge>
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
    </>
  );
}

function skewOf(ms: number): string {
  if (Math.abs(ms) < 1_000) return 'agrees with this machine’s to the second';
  return `${formatDuration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} this machine’s`;
}

interface FactProps {
  readonly title: string;
  readonly isBad?: boolean;
  readonly isMono?: boolean;
  readonly children: string;
}

function Fact({ title, isBad = false, isMono = false, children }: FactProps): ReactNode {
  return (
    <>
      <dt>{title}</dt>
      <dd
        className={isMono ? classes['mono'] : undefined}
        style={isBad ? { color: 'var(--hy-bad)' } : undefined}
      >
        <HostileText text={children} />
      </dd>
    </>
  );
}
