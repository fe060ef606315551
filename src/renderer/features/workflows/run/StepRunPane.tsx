/** What a step did in the run on the canvas: input, output, error, attempts and time, for each time it ran. */
import { CloseButton, SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import type { StepView } from '../../../../shared/contract/views.ts';
import { RunStatusBadge } from '../../../ui/badges.tsx';
import { CodeText } from '../../../ui/CodeText.tsx';
import { DurationText, TimeText } from '../../../ui/figures.tsx';
import { HostileText } from '../../../ui/HostileText.tsx';
import { JsonTree } from '../../../ui/JsonTree.tsx';
import panel from '../editor/SidePanel.module.css';
import type { StepOverlay } from '../graph/run-overlay.ts';
import { PinOutput } from './PinOutput.tsx';
import classes from './StepRunPane.module.css';

export interface StepRunPaneProps {
  readonly name: string;
  readonly nodeId: string;
  /** Null: the run has not come to this step. */
  readonly overlay: StepOverlay | null;
  readonly onClose: () => void;
}

/** The pane beside the canvas while a run is shown and a step chosen. */
export function StepRunPane({ name, nodeId, overlay, onClose }: StepRunPaneProps) {
  return (
    <section className={panel.panel} aria-label={`What ${name} did`} data-run-pane>
      <div className={panel.top}>
        <h2 className={panel.title} title={name}>
          {name}
        </h2>
        <span className={panel.note} />
        <CloseButton size="sm" aria-label="Close" onClick={onClose} />
      </div>
      <div className={panel.body}>
        {overlay === null ? (
          <p className={panel.empty}>The run has not come to this step.</p>
        ) : (
          <StepExecutions nodeId={nodeId} executions={overlay.executions} isPinnable />
        )}
      </div>
    </section>
  );
}

/** The executions of a step; with several, the last one first. */
export function StepExecutions({
  nodeId,
  executions,
  isPinnable = false,
}: {
  readonly nodeId: string;
  readonly executions: readonly StepView[];
  /** Whether an output may be pinned to the step from here. */
  readonly isPinnable?: boolean;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const index = chosen === null ? executions.length - 1 : Math.min(Number(chosen), executions.length - 1);
  const execution = executions[index];
  if (execution === undefined) return null;
  return (
    <>
      {executions.length > 1 ? (
        <Select
          aria-label="Execution"
          mb="xs"
          value={String(index)}
          onChange={setChosen}
          data={executions.map((entry, at) => ({
            value: String(at),
            label: `${roundOf(entry)}Execution ${at + 1} of ${executions.length} · ${entry.status}`,
          }))}
        />
      ) : null}
      <Execution nodeId={nodeId} execution={execution} />
      {isPinnable ? <PinOutput nodeId={nodeId} output={execution.output} /> : null}
    </>
  );
}

/** Which round of which loops it belongs to, from 1; nothing outside of loops. */
function roundOf({ iteration = [] }: StepView): string {
  return iteration.length === 0 ? '' : `Round ${iteration.map((index) => index + 1).join('.')} · `;
}

type Side = 'output' | 'input';

function Execution({ nodeId, execution }: { readonly nodeId: string; readonly execution: StepView }) {
  const [chosen, setChosen] = useState<Side | null>(null);
  const { status, attempt, startedAt, finishedAt, error, failures, logs, port, waitingFor, dueAt } =
    execution;
  const duration =
    startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  // A step that gave nothing, e.g. in a dry run, is known by what it was about to do.
  const side = chosen ?? (isNothing(execution.output) && !isNothing(execution.input) ? 'input' : 'output');
  const value = side === 'output' ? execution.output : execution.input;
  return (
    <>
      <div className={classes.facts}>
        <RunStatusBadge status={status} />
        {startedAt === null ? null : <TimeText at={startedAt} />}
        {duration === null ? null : <DurationText ms={duration} />}
        {attempt > 1 ? <span>attempt {attempt}</span> : null}
        {port === null ? null : <span>left by “{port}”</span>}
        {status === 'queued' && dueAt !== null ? (
          <span>
            due <TimeText at={dueAt} mode="relative" />
          </span>
        ) : null}
      </div>
      {waitingFor === null ? null : <p className={classes.waiting}>{waitingFor}</p>}
      {error === null ? null : (
        <div className={classes.error} role="alert">
          <strong>{error.code}</strong> <HostileText text={error.message} isBlock />
        </div>
      )}
      {failures.length === 0 ? null : (
        <ul className={classes.failures} aria-label="Earlier attempts">
          {failures.map((failure) => (
            <li key={failure.attempt}>
              Attempt {failure.attempt}, <TimeText at={failure.at} />:{' '}
              <HostileText text={failure.error.message} isBlock />
            </li>
          ))}
        </ul>
      )}
      <SegmentedControl
        fullWidth
        mt="xs"
        mb={6}
        aria-label="What to show"
        value={side}
        onChange={(next) => setChosen(next === 'input' ? 'input' : 'output')}
        data={[
          { value: 'output', label: 'Output' },
          { value: 'input', label: 'Input' },
        ]}
      />
      {isNothing(value) ? (
        <p className={panel.empty}>Nothing.</p>
      ) : (
        <JsonTree
          key={side}
          value={value}
          label={side === 'output' ? 'Output' : 'Input'}
          root={side === 'output' ? `steps.${nodeId}.output` : ''}
        />
      )}
      {logs.length === 0 ? null : (
        <div className={classes.logs}>
          <CodeText label="Console" text={logs.map(({ level, text }) => `${level}  ${text}`).join('\n')} />
        </div>
      )}
    </>
  );
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;
