/** The steps of a run in the order they began; the chosen one is opened below. */
import type { ReactNode } from 'react';
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import type { RunView, StepView } from '../../../shared/contract/views.ts';
import { runTones, StatusDot } from '../../ui/badges.tsx';
import { DurationText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { VirtualList } from '../../ui/VirtualList.tsx';
import classes from './runs.module.css';
import { StepPanel } from './StepPanel.tsx';

export interface StepsTabProps {
  readonly run: RunView;
  readonly onRetryFrom: (nodeId: string) => void;
  readonly onEditFrom: (nodeId: string) => void;
  readonly isRetrying: boolean;
}

interface PlacedStep {
  readonly key: string;
  readonly step: StepView;
}

const stepHeight = 32;
const keyOf = (placed: PlacedStep): string => placed.key;
const renderRow = (placed: PlacedStep): ReactNode => <StepRow step={placed.step} />;

/** Steps and the chosen one. */
export function StepsTab({ run, onRetryFrom, onEditFrom, isRetrying }: StepsTabProps): ReactNode {
  const [params, setParams] = useSearchParams();
  const placed = run.steps.map((step, index): PlacedStep => ({ key: String(index), step }));
  const wanted = params.get('step');
  const chosen =
    placed.find(({ key }) => key === wanted) ??
    placed.find(({ step }) => step.status === 'failed' || step.status === 'waiting') ??
    placed.at(-1);
  const select = useCallback(
    ({ key }: PlacedStep) =>
      setParams(
        (present) => {
          const next = new URLSearchParams(present);
          next.set('step', key);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  const hasEnded = run.finishedAt !== null;
  if (chosen === undefined) return <p className={classes['empty']}>No step has begun yet.</p>;
  return (
    <div className={classes['steps']}>
      <div className={classes['stepList']} style={{ height: Math.min(placed.length * stepHeight + 4, 260) }}>
        <VirtualList
          label="Steps"
          items={placed}
          keyOf={keyOf}
          rowHeight={stepHeight}
          renderRow={renderRow}
          selectedKey={chosen.key}
          onSelect={select}
        />
      </div>
      <StepPanel
        key={chosen.key}
        step={chosen.step}
        isRetrying={isRetrying}
        onRetry={hasEnded ? () => onRetryFrom(chosen.step.nodeId) : null}
        onEdit={hasEnded ? () => onEditFrom(chosen.step.nodeId) : null}
      />
    </div>
  );
}

function StepRow({ step }: { readonly step: StepView }): ReactNode {
  const end = step.finishedAt === null ? null : Date.parse(step.finishedAt);
  return (
    <div className={classes['stepRow']}>
      <span className={classes['stepDot']} style={{ color: `var(--hy-${runTones[step.status]})` }}>
        <StatusDot tone={runTones[step.status]} isPulsing={step.status === 'running'} />
      </span>
      <span className={classes['stepName']}>
        <HostileText text={step.name} />
        <span className={classes['dim']}> {step.type}</span>
        {step.iteration !== undefined && step.iteration.length > 0 && (
          <span className={classes['dim']}> round {step.iteration.map((index) => index + 1).join('.')}</span>
        )}
      </span>
      {step.port !== null && <span className={classes['port']}>{step.port}</span>}
      {step.attempt > 1 && <span className={classes['dim']}>attempt {step.attempt}</span>}
      <span className={classes['dim']}>{step.status}</span>
      <span className={classes['stepTime']}>
        <DurationText
          ms={end === null || step.startedAt === null ? null : end - Date.parse(step.startedAt)}
        />
      </span>
    </div>
  );
}
