/** Making a version: a note, what stands in the way if anything does, and whether it goes live at once. */
import { Alert, Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { notifyDone, useAction } from '../../../data/action.ts';
import { activateWorkflow, commitWorkflow, workflowMirror } from '../../../data/workflows.ts';
import { sayIssue } from '../graph/issues.ts';
import { useEditorState, useOpenWorkflow } from './editor-context.ts';

export interface CommitModalProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog of *Commit*. */
export function CommitModal({ isOpen, onClose }: CommitModalProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Commit a version" size="md">
      {isOpen ? <CommitForm onClose={onClose} /> : null}
    </Modal>
  );
}

function CommitForm({ onClose }: { readonly onClose: () => void }) {
  const { editor, workbench, workflow, kinds } = useOpenWorkflow();
  const issues = useEditorState((state) => state.issues);
  const nodes = useEditorState((state) => state.history.present.nodes);
  const [first] = issues;
  const troubled = nodes.find((node) => node.id === first?.nodeId);
  const fields = (troubled === undefined ? undefined : kinds.definitionOf(troubled.type)?.fields) ?? [];
  const firstWords =
    first === undefined ? '' : `${troubled?.name ?? 'The workflow'} · ${sayIssue(first, fields)}`;
  const [note, setNote] = useState('');
  const [isLive, setLive] = useState(workflow.enabled || workflow.latestVersion === null);
  const isUnchanged = workflow.latestVersion !== null && !workflow.changed;
  const commit = useAction(async () => {
    if (!(await editor.saveNow()))
      throw new Error('The draft could not be saved, so it can not be committed.');
    const { version, ...view } = await commitWorkflow(workflow.id, note.trim());
    const latest = isLive ? await activateWorkflow(workflow.id, version) : view;
    workflowMirror.of(workflow.id).put(latest);
    return version;
  });
  const submit = async (): Promise<void> => {
    const version = await commit.run();
    if (version === undefined) return;
    notifyDone(isLive ? `Version ${version} is live.` : `Version ${version} is committed.`);
    onClose();
  };
  const showProblems = (): void => {
    onClose();
    workbench.store.setState({ panel: 'problems' });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          A version never changes. Runs keep the version they started on.
        </Text>
        {issues.length > 0 ? (
          <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />}>
            <Text size="sm" fw={600}>
              {issues.length === 1
                ? 'One problem stands in the way'
                : `${issues.length} problems stand in the way`}
            </Text>
            <Text size="sm" lineClamp={3}>
              {firstWords}
            </Text>
            <Button size="compact-xs" variant="default" mt={6} onClick={showProblems}>
              Show problems
            </Button>
          </Alert>
        ) : null}
        <Textarea
          label="Note"
          description="What changed, for whoever looks at the versions later."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
        />
        <Checkbox
          label="Put it live at once"
          checked={isLive}
          onChange={(event) => setLive(event.currentTarget.checked)}
        />
        {isUnchanged ? (
          <Text size="xs" c="dimmed">
            Nothing has changed since version {workflow.latestVersion}.
          </Text>
        ) : null}
        {commit.failure === null ? null : (
          <Alert color="red" role="alert">
            {commit.failure.message}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={commit.isBusy} disabled={issues.length > 0}>
            {isLive ? 'Commit and activate' : 'Commit'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
