/** One step of a run: its error and attempts, what it waits for, its lines, its input and output. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconPencil, IconRotateClockwise } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { StepView } from '../../../shared/contract/views.ts';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './runs.module.css';
import { ValueView } from './ValueView.tsx';

export interface StepPanelProps {
  readonly step: StepView;
  /** Null while the run goes on. */
  readonly onRetry: (() => void) | null;
  /** The same with other data. */
  readonly onEdit: (() => void) | null;
  readonly isRetrying: boolean;
}

type Side = 'output' | 'input';

/** A step taken apart. */
export function StepPanel({ step, onRetry, onEdit, isRetrying }: StepPanelProps): ReactNode {
  const [side, setSide] = useState<Side>('output');
  return (
    <section className={classes['stepPanel']} aria-label={`Step ${step.name}`}>
      <div className={classes['stepHead']}>
        <SegmentedControl
          aria-label="Side of the step"
          value={side}
          onChange={(value) => setSide(value === 'input' ? 'input' : 'output')}
          data={[
            { value: 'output', label: 'Output' },
            { value: 'input', label: 'Input' },
          ]}
        />
        <span className={classes['dim']}>
          {step.startedAt === null ? 'not begun' : <TimeText at={step.startedAt} />}
        </span>
        {onRetry !== null && (
          <Button.Group ml="auto">
            <Button
              variant="default"
              leftSection={<IconRotateClockwise size={15} aria-hidden />}
              loading={isRetrying}
              onClick={onRetry}
            >
              Run again from here
            </Button>
            {onEdit !== null && (
              <Button variant="default" px={8} aria-label="Edit and run again from here" onClick={onEdit}>
                <IconPencil size={15} aria-hidden />
              </Button>
            )}
          </Button.Group>
        )}
      </div>
      {step.waitingFor !== null && (
        <p className={classes['waitNote']}>
          <HostileText text={step.waitingFor} />
          {step.dueAt !== null && (
            <>
              {' '}
              Until <TimeText at={step.dueAt} />
            </>
          )}
        </p>
      )}
      {(step.failures.length > 0 || step.error !== null) && (
        <ul className={classes['failures']} aria-label="Failed attempts">
          {step.failures.map((failure) => (
            <li key={failure.attempt}>
              <span className={classes['dim']}>
                Attempt {failure.attempt}, <TimeText at={failure.at} />:
              </span>{' '}
              <HostileText text={failure.error.message} isBlock />
            </li>
          ))}
          {step.error !== null && (
            <li className={classes['lastFailure']}>
              <span className={classes['dim']}>
                Attempt {step.attempt}, <TimeText at={step.finishedAt} />:
              </span>{' '}
              <HostileText text={step.error.message} isBlock />
              <span className={classes['code']}>{step.error.code}</span>
            </li>
          )}
        </ul>
      )}
      {step.logs.length > 0 && (
        <section className={classes['logs']} aria-label="Lines written">
          {step.logs.map((line, index) => (
            <div key={index} className={line.level === 'error' ? classes['logError'] : undefined}>
              <span className={classes['dim']}>{line.level.padEnd(5)}</span>{' '}
              <HostileText text={line.text} isBlock />
            </div>
          ))}
        </section>
      )}
      {side === 'output' ? (
        <ValueView
          key="output"
          value={step.output}
          label={`Output of ${step.name}`}
          root={`steps.${step.nodeId}.output`}
          empty={step.finishedAt === null ? 'No output yet.' : 'It left no output.'}
        />
      ) : (
        <ValueView
          key="input"
          value={step.input}
          label={`Input of ${step.name}`}
          empty="No input was kept."
        />
      )}
    </section>
  );
}
