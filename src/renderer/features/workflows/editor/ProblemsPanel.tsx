/** Every problem of the draft in one list; a press leads to the step that has it. */
import { CloseButton, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useReactFlow } from 'reactflow';
import type { Issue } from '../../../../shared/model/document.ts';
import { sayIssue, sortIssues } from '../graph/issues.ts';
import { useEditorState, useOpenWorkflow } from './editor-context.ts';
import classes from './SidePanel.module.css';

/** The list of problems beside the canvas. */
export function ProblemsPanel() {
  const { workbench } = useOpenWorkflow();
  const document = useEditorState((state) => state.history.present);
  const issues = useEditorState((state) => state.issues);
  const isChecked = useEditorState((state) => state.isChecked);
  const sorted = [...sortIssues(issues, document)];
  return (
    <section className={classes.panel} aria-label="Problems">
      <div className={classes.top}>
        <h2 className={classes.title}>Problems</h2>
        <span className={classes.note}>{isChecked ? '' : 'checking…'}</span>
        <CloseButton size="sm" aria-label="Close problems" onClick={() => workbench.togglePanel(null)} />
      </div>
      <div className={classes.body}>
        {issues.length === 0 ? (
          <p className={classes.empty}>
            <IconCircleCheck size={18} aria-hidden /> Nothing stands in the way of a commit.
          </p>
        ) : null}
        {sorted.map(([stepId, list]) => (
          <StepProblems key={stepId} stepId={stepId} issues={list} />
        ))}
      </div>
    </section>
  );
}

function StepProblems({ stepId, issues }: { readonly stepId: string; readonly issues: readonly Issue[] }) {
  const { editor, workbench, kinds } = useOpenWorkflow();
  const flow = useReactFlow();
  const step = useEditorState((state) => state.history.present.nodes.find((node) => node.id === stepId));
  const fields = (step === undefined ? undefined : kinds.definitionOf(step.type)?.fields) ?? [];
  const show = (): void => {
    if (step === undefined) return;
    editor.select({ nodeIds: [step.id], edgeIds: [] });
    void flow.setCenter(step.position.x + 120, step.position.y + 40, { zoom: 1, duration: 200 });
  };
  return (
    <div className={classes.group}>
      <UnstyledButton
        className={classes.heading}
        onClick={show}
        onDoubleClick={() => step !== undefined && workbench.openStep(step.id)}
        disabled={step === undefined}
      >
        {step?.name ?? 'The workflow'}
      </UnstyledButton>
      <ul className={classes.list}>
        {issues.map((issue) => (
          <li key={`${issue.path} ${issue.message}`}>
            <IconAlertTriangle size={14} aria-hidden />
            <span>{sayIssue(issue, fields)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
