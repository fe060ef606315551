/** The top of an open workflow: its name, how it stands, whether it is saved, and what takes it live. */
import { ActionIcon, Button, Menu, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBolt,
  IconChevronDown,
  IconFlask,
  IconGitCommit,
  IconHistory,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugOff,
  IconSettings,
} from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAction } from '../../../data/action.ts';
import { pauseWorkflow, resumeWorkflow, workflowMirror } from '../../../data/workflows.ts';
import { ToneBadge } from '../../../ui/badges.tsx';
import { HostileText } from '../../../ui/HostileText.tsx';
import { stateOf } from '../graph/workflow-state.ts';
import classes from './EditorHeader.module.css';
import { useEditorState, useOpenWorkflow, useWorkbench } from './editor-context.ts';
import { SaveNote } from './SaveNote.tsx';

export interface EditorHeaderProps {
  readonly onCommit: () => void;
  readonly onActivate: () => void;
  readonly onDeactivate: () => void;
  readonly onRun: () => void;
  readonly onTest: () => void;
  readonly onSettings: () => void;
  /** Why a run can not be started by hand; null when it can. */
  readonly runHint: string | null;
}

/** The header of the editor. */
export function EditorHeader(props: EditorHeaderProps) {
  const { workflow, workbench } = useOpenWorkflow();
  const issues = useEditorState((state) => state.issues.length);
  const panel = useWorkbench((state) => state.panel);
  const state = stateOf(workflow);
  return (
    <header className={classes.header}>
      <div className={classes.left}>
        <Link to="/workflows" className={classes.back}>
          Workflows
        </Link>
        <span className={classes.slash} aria-hidden>
          /
        </span>
        <NameField />
        <ToneBadge tone={state.kind === 'live' ? 'ok' : 'note'}>{state.label}</ToneBadge>
        {state.paused === null ? null : <ToneBadge tone="wait">{state.paused}</ToneBadge>}
        {state.changed === null ? null : <ToneBadge tone="wait">{state.changed}</ToneBadge>}
        <Tooltip label="Workflow settings">
          <ActionIcon size="sm" aria-label="Workflow settings" onClick={props.onSettings}>
            <IconSettings size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <SaveNote />
      </div>
      <div className={classes.right}>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          className={issues > 0 ? (classes.hasProblems ?? '') : ''}
          aria-expanded={panel === 'problems'}
          leftSection={<IconAlertTriangle size={15} aria-hidden />}
          onClick={() => workbench.togglePanel('problems')}
        >
          <span className={classes.word}>Problems&nbsp;</span>
          {issues}
        </Button>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          aria-expanded={panel === 'versions'}
          leftSection={<IconHistory size={15} aria-hidden />}
          onClick={() => workbench.togglePanel('versions')}
        >
          <span className={classes.word}>Versions</span>
        </Button>
        <Button.Group>
          <Tooltip label={props.runHint ?? 'Start a run with an input of your choice'}>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              onClick={props.onRun}
            >
              Run
            </Button>
          </Tooltip>
          <Tooltip label="Test the draft…">
            <Button size="xs" variant="default" px={7} aria-label="Test the draft" onClick={props.onTest}>
              <IconFlask size={15} aria-hidden />
            </Button>
          </Tooltip>
        </Button.Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconGitCommit size={15} aria-hidden />}
          onClick={props.onCommit}
        >
          Commit
        </Button>
        {workflow.enabled ? (
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <Button
                size="xs"
                leftSection={<IconBolt size={15} aria-hidden />}
                rightSection={<IconChevronDown size={13} aria-hidden />}
              >
                Live
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconBolt size={15} aria-hidden />} onClick={props.onActivate}>
                Activate another version…
              </Menu.Item>
              <PauseItem />
              <Menu.Item
                color="red"
                leftSection={<IconPlugOff size={15} aria-hidden />}
                onClick={props.onDeactivate}
              >
                Deactivate
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : (
          <Button size="xs" leftSection={<IconBolt size={15} aria-hidden />} onClick={props.onActivate}>
            Activate
          </Button>
        )}
      </div>
    </header>
  );
}

/** Stops runs from beginning, or lets them begin again. */
function PauseItem() {
  const { workflow } = useOpenWorkflow();
  const isPaused = workflow.paused;
  const change = useAction(isPaused ? resumeWorkflow : pauseWorkflow, {
    failed: isPaused ? 'The workflow does not go on' : 'The workflow was not paused',
    done: isPaused ? 'The workflow goes on.' : 'Paused: requests are accepted and their runs wait.',
  });
  const onClick = async (): Promise<void> => {
    const view = await change.run(workflow.id);
    if (view !== undefined) workflowMirror.of(workflow.id).put(view);
  };
  const Icon = isPaused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Menu.Item leftSection={<Icon size={15} aria-hidden />} onClick={() => void onClick()}>
      {isPaused ? 'Go on' : 'Pause'}
    </Menu.Item>
  );
}

/** The name, changed in place. */
function NameField() {
  const { editor } = useOpenWorkflow();
  const name = useEditorState((state) => state.history.present.name);
  const [draft, setDraft] = useState<string | null>(null);
  const finish = (): void => {
    const next = draft?.trim() ?? '';
    if (next !== '' && next !== name) editor.edit({ type: 'describe', description: { name: next } });
    setDraft(null);
  };
  if (draft === null) {
    return (
      <h1 className={classes.title}>
        <UnstyledButton
          className={classes.name}
          title={`${name} (click to rename)`}
          onClick={() => setDraft(name)}
        >
          <HostileText text={name} />
          <IconPencil size={13} aria-label="Rename" />
        </UnstyledButton>
      </h1>
    );
  }
  return (
    <TextInput
      size="xs"
      w={260}
      aria-label="Name of the workflow"
      maxLength={200}
      value={draft}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}
