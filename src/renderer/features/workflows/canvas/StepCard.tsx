/** A step on the canvas, drawn from its definition: icon, name, what it does, its ports, its problems, its state. */
import { IconAlertTriangleFilled, IconPinFilled, IconQuestionMark } from '@tabler/icons-react';
import { memo } from 'react';
import { Handle, type NodeProps, Position } from 'reactflow';
import { ordinaryPort } from '../../../../shared/model/catalog.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import { countNamed } from '../graph/kinds.ts';
import { sentenceOf } from '../graph/sentence.ts';
import { useCanvasLook } from './canvas-context.ts';
import type { DrawnPort, StepFlowNode } from './flow-elements.ts';
import classes from './StepCard.module.css';
import { StepIcon } from './StepIcon.tsx';
import { StepStateMark } from './StepStateMark.tsx';

/** The card React Flow draws for every step. */
export const StepCard = memo(function StepCard({ data, selected }: NodeProps<StepFlowNode>) {
  const { step, ports } = data;
  const { kinds, issues, overlay, isReadOnly, addresses, pinned } = useCanvasLook();
  const definition = kinds.definitionOf(step.type);
  const problems = issues.get(step.id) ?? [];
  const state = overlay?.steps.get(step.id);
  const sentence =
    addresses.get(step.id) ?? (definition === undefined ? null : sentenceOf(definition, step.config));
  return (
    <div
      className={classes.card}
      data-testid="step-card"
      data-selected={selected || undefined}
      data-status={state?.status}
      data-idle={(overlay !== null && state === undefined) || undefined}
      data-problem={problems.length > 0 || undefined}
      data-group={definition?.group ?? 'Unknown'}
    >
      {definition?.start === 'only' ? null : (
        <Handle
          type="target"
          position={Position.Left}
          isConnectable={!isReadOnly}
          className={classes.handle}
        />
      )}
      <div className={classes.head}>
        <span className={classes.icon}>
          {definition === undefined ? (
            <IconQuestionMark size={20} aria-hidden />
          ) : (
            <StepIcon name={definition.icon} size={20} />
          )}
        </span>
        <div className={classes.words}>
          <div className={classes.name} title={step.name}>
            <HostileText text={step.name} />
          </div>
          <div className={classes.kind}>{definition?.title ?? `Unknown step “${step.type}”`}</div>
        </div>
        {pinned.has(step.id) ? (
          <span className={classes.pin} title="Its output is pinned: tests of the draft take it">
            <IconPinFilled size={14} aria-label="Output pinned" />
          </span>
        ) : null}
        {problems.length > 0 ? (
          <span className={classes.problem} title={problems.map((issue) => issue.message).join('\n')}>
            <IconAlertTriangleFilled size={16} aria-hidden />
          </span>
        ) : null}
        {state === undefined ? null : <StepStateMark status={state.status} count={state.executions.length} />}
      </div>
      <div
        className={classes.sentence}
        title={sentence ?? undefined}
        data-empty={sentence === null || undefined}
      >
        {sentence === null ? 'Not set up yet' : <HostileText text={sentence} />}
      </div>
      <Ports ports={ports} isReadOnly={isReadOnly} />
    </div>
  );
});

function Ports({
  ports,
  isReadOnly,
}: {
  readonly ports: readonly DrawnPort[];
  readonly isReadOnly: boolean;
}) {
  if (ports.length === 0) return null;
  if (countNamed(ports.map((port) => port.name)) === 0) {
    return (
      <Handle
        type="source"
        id={ordinaryPort}
        position={Position.Right}
        isConnectable={!isReadOnly}
        className={classes.handle}
      />
    );
  }
  return (
    <div className={classes.ports}>
      {ports.map(({ name, isStale }) => (
        <div key={name} className={classes.port} data-stale={isStale || undefined} data-port={name}>
          <span className={classes.portName} title={isStale ? `${name}: this step has no such port` : name}>
            {name === ordinaryPort ? 'next' : name}
          </span>
          <Handle
            type="source"
            id={name}
            position={Position.Right}
            isConnectable={!isReadOnly && !isStale}
            className={classes.handle}
          />
        </div>
      ))}
    </div>
  );
}
