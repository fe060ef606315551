/** Webhook Step Trigger: the dialog of a webhook step, in the order its users know. */
import { Alert, Anchor, Tabs, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { RunView } from '../../../../shared/contract/views.ts';
import type { WorkflowNode } from '../../../../shared/model/document.ts';
import type { Parameter, WebhookConfig } from '../../../../shared/model/endpoint.ts';
import { endpointMirror } from '../../../data/endpoints.ts';
import { useMirror } from '../../../data/mirror.ts';
import { useSampleTools } from '../../../data/use-sample-tools.ts';
import { changeValues } from '../../../ui/endpoint/endpoint-settings.ts';
import { ParametersForm } from '../../../ui/endpoint/ParametersForm.tsx';
import { ResponseForm } from '../../../ui/endpoint/ResponseForm.tsx';
import { SampleTools } from '../../../ui/endpoint/SampleTools.tsx';
import { SecurityForm } from '../../../ui/endpoint/SecurityForm.tsx';
import { useEditorState, useOpenWorkflow, useWorkbench } from '../editor/editor-context.ts';
import { StepExecutions } from '../run/StepRunPane.tsx';
import { NextSteps } from '../step/NextSteps.tsx';
import { StepShell } from '../step/StepShell.tsx';
import { useStepForm } from '../step/use-step-form.ts';
import { writePayload } from './payload.ts';
import { TestTab } from './TestTab.tsx';
import { TriggerTab } from './TriggerTab.tsx';
import classes from './webhook.module.css';
import { readWebhookConfig } from './webhook-config.ts';

export interface WebhookModalProps {
  readonly node: WorkflowNode;
  readonly run: RunView | undefined;
  readonly onShowRun: (runId: string) => void;
}

/** The dialog. */
export function WebhookModal({ node, run, onShowRun }: WebhookModalProps) {
  const { editor, workbench, workflow, kinds } = useOpenWorkflow();
  const form = useStepForm(node);
  const [tab, setTab] = useState<string | null>(useWorkbench((state) => state.openTab) ?? 'trigger');
  const [target, setTarget] = useState<string | null>(null);
  const nodes = useEditorState((state) => state.history.present.nodes);
  const isWait = useEditorState((state) =>
    state.history.present.edges.some((edge) => edge.target === node.id),
  );
  // The URL is made when the draft is stored: a step that was just added has none before.
  useEffect(() => void editor.saveNow(), [editor]);

  const config = useMemo(() => readWebhookConfig(form.config), [form.config]);
  const change = (patch: Partial<WebhookConfig>): void => form.setConfig(changeValues(form.config, patch));
  const isShared = config.endpointId !== undefined;
  const endpointId =
    config.endpointId ?? workflow.endpoints.find((endpoint) => endpoint.nodeId === node.id)?.id ?? null;
  const { data: endpoint } = useMirror(endpointMirror, endpointId);
  const take = (parameters: readonly Parameter[]): void => change({ parameters: [...parameters] });
  const sampleTools = useSampleTools(isShared ? null : endpointId, take);
  const payload = writePayload({
    style: isShared ? (endpoint?.style ?? config.style) : config.style,
    isWait,
    target,
    parameters: config.parameters ?? [],
  });
  const errors = Object.fromEntries(
    form.issues.toReversed().map(({ path, message }): [string, string] => [path, message]),
  );
  const executions = run?.steps.filter((step) => step.nodeId === node.id) ?? [];
  const showRun = (runId: string): void => {
    workbench.closeStep();
    onShowRun(runId);
  };
  const ofSource = isShared ? <OfSource name={endpoint?.name ?? 'the shared data source'} /> : null;

  return (
    <StepShell
      title="Webhook Step Trigger"
      form={form}
      isNew={workbench.isNew(node.id)}
      isWide
      aside={executions.length === 0 ? null : <StepExecutions nodeId={node.id} executions={executions} />}
    >
      <TextInput
        label="Name"
        value={form.name}
        maxLength={200}
        onChange={(event) => form.setName(event.currentTarget.value)}
        mb="sm"
      />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabs ?? ''}>
          <Tabs.Tab value="trigger">Trigger</Tabs.Tab>
          <Tabs.Tab value="security">Style & security</Tabs.Tab>
          <Tabs.Tab value="parameters">Parameters</Tabs.Tab>
          <Tabs.Tab value="response">Response</Tabs.Tab>
          <Tabs.Tab value="test">Test</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="trigger">
          <TriggerTab
            config={config}
            onChange={change}
            errors={errors}
            endpoint={endpoint}
            isWait={isWait}
            payload={payload}
            target={target}
            onTarget={setTarget}
          />
          <div className={classes.next}>
            <NextSteps node={node} config={form.config} leaving={form.leaving} onChange={form.setLeaving} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="security">
          {ofSource ?? (
            <SecurityForm
              catalog={kinds.catalog}
              config={config}
              values={form.config}
              onChange={form.setConfig}
              issues={form.issues}
              endpoint={endpoint}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="parameters">
          {ofSource ?? (
            <ParametersForm
              config={config}
              onChange={change}
              errors={errors}
              more={<SampleTools {...sampleTools} onFound={take} />}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="response">
          {ofSource ?? (
            <ResponseForm
              response={form.config['response']}
              onChange={(response) => form.setConfig(changeValues(form.config, { response }))}
              issues={form.issues}
              steps={nodes
                .filter((other) => other.id !== node.id)
                .map((other) => ({ value: other.id, label: other.name }))}
              hasRespond={nodes.some((other) => other.type === 'respond')}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="test">
          {endpoint === undefined ? (
            <Alert color="blue">The webhook can be tried out once the draft is saved.</Alert>
          ) : (
            <TestTab endpointId={endpoint.id} isLive={endpoint.live} payload={payload} onShowRun={showRun} />
          )}
        </Tabs.Panel>
      </Tabs>
    </StepShell>
  );
}

function OfSource({ name }: { readonly name: string }) {
  return (
    <Alert color="blue">
      These settings belong to the shared data source “{name}”, since every request to it starts all of its
      workflows. Change them on{' '}
      <Anchor component={Link} to="/data-sources" size="sm">
        Data Sources
      </Anchor>
      .
    </Alert>
  );
}
