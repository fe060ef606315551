/** What one has to know before editing on: restored edits, a draft changed elsewhere, a past version on the canvas. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { TimeText } from '../../../ui/figures.tsx';
import type { ShownRun } from '../run/use-shown-run.ts';
import { useEditorState, useOpenWorkflow } from './editor-context.ts';
import classes from './WorkflowEditor.module.css';

export interface EditorNoticesProps {
  /** The version on the canvas when it is not the draft. */
  readonly pastVersion: number | null;
  readonly shown: ShownRun;
}

/** The notices between header and canvas. */
export function EditorNotices({ pastVersion, shown }: EditorNoticesProps) {
  const { editor } = useOpenWorkflow();
  const conflict = useEditorState((state) => state.conflict);
  const restoredAt = useEditorState((state) => state.restoredAt);
  return (
    <>
      {conflict === null ? null : (
        <Notice tone="wait">
          <span>
            {conflict.kind === 'remote' ? (
              'This draft was changed elsewhere while you have unsaved edits here.'
            ) : (
              <>
                Here are unsaved edits of <TimeText at={new Date(conflict.copy.at).toISOString()} />, but the
                draft has been changed since.
              </>
            )}
          </span>
          <Button size="compact-xs" onClick={() => editor.settleConflict('mine')}>
            Use my edits
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => editor.settleConflict('theirs')}>
            Use the stored draft
          </Button>
        </Notice>
      )}
      {restoredAt === null ? null : (
        <Notice tone="busy">
          <span>
            Edits of <TimeText at={new Date(restoredAt).toISOString()} /> that had not been saved are back.
          </span>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              editor.undo();
              editor.dismissRestored();
            }}
          >
            Take them out again
          </Button>
          <Button size="compact-xs" onClick={() => editor.dismissRestored()}>
            Keep
          </Button>
        </Notice>
      )}
      {pastVersion === null ? null : (
        <Notice tone="busy">
          {pastVersion === 0
            ? 'This is the draft as it was tested, not as it is now.'
            : `This is version ${pastVersion} as it ran, not the draft.`}
          <Button size="compact-xs" variant="default" onClick={shown.hide}>
            Back to the draft
          </Button>
        </Notice>
      )}
      {shown.fault === null ? null : (
        <Notice tone="bad">
          The run can not be shown: {shown.fault}
          <Button size="compact-xs" variant="default" onClick={shown.hide}>
            Back to the draft
          </Button>
        </Notice>
      )}
    </>
  );
}

function Notice({
  tone,
  children,
}: {
  readonly tone: 'wait' | 'busy' | 'bad';
  readonly children: ReactNode;
}) {
  return (
    <div className={classes.notice} data-tone={tone} role="status">
      {children}
    </div>
  );
}
