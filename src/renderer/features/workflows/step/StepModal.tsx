/** The dialog of a step, drawn from its definition: name, settings, what follows, and what happens when it fails. */
import { Alert, Code, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useCallback } from 'react';
import type { RunView } from '../../../../shared/contract/views.ts';
import type { StepDefinition } from '../../../../shared/model/catalog.ts';
import type { WorkflowNode } from '../../../../shared/model/document.ts';
import { useFieldChoices } from '../../../data/use-field-choices.ts';
import { FieldChoicesContext } from '../../../ui/field-choices.ts';
import { FieldForm } from '../../../ui/FieldForm.tsx';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import { StepExecutions } from '../run/StepRunPane.tsx';
import { ExpressionPreview } from './ExpressionPreview.tsx';
import { Fold } from './Fold.tsx';
import { NextSteps } from './NextSteps.tsx';
import { policyFields, tidyPolicies } from './policy-fields.ts';
import { ScheduleTimes } from './ScheduleTimes.tsx';
import { StepShell } from './StepShell.tsx';
import { useExpressionHelp } from './use-expression-help.ts';
import { useStepForm } from './use-step-form.ts';

export interface StepModalProps {
  readonly node: WorkflowNode;
  /** Undefined: this install does not know the kind. */
  readonly definition: StepDefinition | undefined;
  /** The run on the canvas; its outputs stand beside the form. */
  readonly run: RunView | undefined;
  readonly onTest: (nodeId: string) => void;
}

/** The dialog of any step but the webhook. */
export function StepModal({ node, definition, run, onTest }: StepModalProps) {
  const { workbench } = useOpenWorkflow();
  const form = useStepForm(node);
  const help = useExpressionHelp(node.id, run);
  const choices = useFieldChoices();
  const executions = run?.steps.filter((step) => step.nodeId === node.id) ?? [];
  const previewOf = useCallback(
    (path: string, value: unknown): ReactNode => (
      <ExpressionPreview
        fields={definition?.fields ?? []}
        path={path}
        value={value}
        scope={help.scope}
        basis={help.basis}
        nodeId={node.id}
      />
    ),
    [definition, help.scope, help.basis, node.id],
  );
  const policies = definition === undefined ? [] : policyFields(definition);
  return (
    <StepShell
      title={definition?.title ?? node.type}
      form={form}
      isNew={workbench.isNew(node.id)}
      onTest={definition === undefined || definition.start === 'only' ? null : () => onTest(node.id)}
      aside={
        executions.length === 0 ? null : (
          <>
            <Text size="xs" fw={600} mb={6}>
              In the run on the canvas
            </Text>
            <StepExecutions nodeId={node.id} executions={executions} />
          </>
        )
      }
    >
      <Stack gap="md">
        {definition === undefined ? (
          <Alert color="red">This install does not know steps of the type “{node.type}”.</Alert>
        ) : (
          <Text size="xs" c="dimmed">
            {definition.description}
          </Text>
        )}
        <TextInput
          label="Name"
          description={
            <>
              Expressions find its output as <Code>steps.{node.id}.output</Code>
            </>
          }
          value={form.name}
          maxLength={200}
          onChange={(event) => form.setName(event.currentTarget.value)}
          data-autofocus
        />
        {definition === undefined ? null : (
          <FieldChoicesContext value={choices}>
            <FieldForm
              fields={definition.fields}
              values={form.config}
              onChange={(values) => form.setConfig(values)}
              issues={form.issues}
              suggestions={help.suggestions}
              previewOf={previewOf}
            />
          </FieldChoicesContext>
        )}
        {node.type === 'schedule' ? <ScheduleTimes config={form.config} /> : null}
        <NextSteps node={node} config={form.config} leaving={form.leaving} onChange={form.setLeaving} />
        {policies.length === 0 ? null : (
          <Fold label="If it fails or takes too long">
            <FieldForm
              fields={policies}
              values={form.config}
              onChange={(values) => form.setConfig(tidyPolicies(values))}
              issues={form.issues}
            />
          </Fold>
        )}
      </Stack>
    </StepShell>
  );
}
