/** Says whether the draft on screen is stored, and lets one try again where it could not be. */
import { Button, Tooltip } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconLoader2, IconPencil } from '@tabler/icons-react';
import classes from './EditorHeader.module.css';
import { useEditorState, useOpenWorkflow } from './editor-context.ts';

const words = { saved: 'Saved', unsaved: 'Unsaved', saving: 'Saving…' } as const;
const icons = { saved: IconCheck, unsaved: IconPencil, saving: IconLoader2 } as const;

/** The state of saving. */
export function SaveNote() {
  const { editor } = useOpenWorkflow();
  const save = useEditorState((state) => state.save);
  if (save.kind === 'failed') {
    return (
      <Tooltip label={`${save.message} Your edits are kept here meanwhile.`} multiline maw={360}>
        <Button
          size="compact-xs"
          variant="light"
          color="red"
          leftSection={<IconAlertCircle size={14} aria-hidden />}
          onClick={() => void editor.saveNow()}
        >
          Not saved · try again
        </Button>
      </Tooltip>
    );
  }
  const Icon = icons[save.kind];
  return (
    <span
      className={classes.save}
      role="status"
      aria-live="polite"
      data-testid="save-state"
      title={words[save.kind]}
    >
      <Icon size={14} aria-hidden className={save.kind === 'saving' ? (classes.turning ?? '') : ''} />
      <span>{words[save.kind]}</span>
    </span>
  );
}
