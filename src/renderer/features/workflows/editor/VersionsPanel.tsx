/** The versions of the workflow: which is live, what was noted, how many runs still use one; any can be brought back. */
import { Button, CloseButton, Group } from '@mantine/core';
import { useCallback, useState } from 'react';
import { documentSchema } from '../../../../shared/model/document.ts';
import type { VersionView } from '../../../../shared/contract/views.ts';
import { notifyDone, useAction } from '../../../data/action.ts';
import { useMirror } from '../../../data/mirror.ts';
import { activateWorkflow, readVersion, versionsMirror, workflowMirror } from '../../../data/workflows.ts';
import { ToneBadge } from '../../../ui/badges.tsx';
import { TimeText } from '../../../ui/figures.tsx';
import { formatCount } from '../../../ui/formats.ts';
import { withoutSecrets } from '../graph/secrets.ts';
import { DiffModal } from './DiffModal.tsx';
import { useOpenWorkflow } from './editor-context.ts';
import classes from './SidePanel.module.css';

/** The list of versions beside the canvas. */
export function VersionsPanel() {
  const { workflow, workbench } = useOpenWorkflow();
  const { data: versions, status } = useMirror(versionsMirror, workflow.id);
  const [compared, setCompared] = useState<number | null>(null);
  return (
    <section className={classes.panel} aria-label="Versions">
      <div className={classes.top}>
        <h2 className={classes.title}>Versions</h2>
        <span className={classes.note} />
        <CloseButton size="sm" aria-label="Close versions" onClick={() => workbench.togglePanel(null)} />
      </div>
      <div className={classes.body}>
        {status === 'ready' && versions?.length === 0 ? (
          <p className={classes.empty}>No version yet. Commit makes one of the draft.</p>
        ) : null}
        {versions?.map((version) => (
          <Version key={version.version} version={version} onCompare={() => setCompared(version.version)} />
        ))}
      </div>
      <DiffModal
        workflowId={workflow.id}
        versions={versions ?? []}
        from={compared}
        onClose={() => setCompared(null)}
      />
    </section>
  );
}

function Version({
  version: { version, note, createdAt, active, liveRuns },
  onCompare,
}: {
  readonly version: VersionView;
  readonly onCompare: () => void;
}) {
  const { editor, workflow, kinds } = useOpenWorkflow();
  const isLive = active && workflow.enabled;
  const activate = useAction(
    useCallback(() => activateWorkflow(workflow.id, version), [workflow.id, version]),
    { failed: `Version ${version} was not activated`, done: `Version ${version} is live.` },
  );
  const restore = useAction(
    useCallback(() => readVersion(workflow.id, version), [workflow.id, version]),
    { failed: `Version ${version} could not be read` },
  );
  const onActivate = async (): Promise<void> => {
    const view = await activate.run();
    if (view !== undefined) workflowMirror.of(workflow.id).put(view);
  };
  const onRestore = async (): Promise<void> => {
    const answer = await restore.run();
    if (answer === undefined) return;
    const { present } = editor.store.getState().history;
    const { nodes, edges } = answer.document;
    const document = documentSchema.parse({ ...present, nodes, edges });
    editor.edit({
      type: 'replace',
      document: withoutSecrets(document, kinds.catalog),
      reason: `restore version ${version}`,
    });
    notifyDone(`The draft is now as version ${version} was. Ctrl+Z takes it back.`);
  };
  return (
    <article className={classes.version} aria-label={`Version ${version}`}>
      <div className={classes.versionHead}>
        <strong>v{version}</strong>
        {active ? (
          <ToneBadge tone={isLive ? 'ok' : 'note'}>{isLive ? 'live' : 'active, not live'}</ToneBadge>
        ) : null}
        <span className={classes.dim}>
          <TimeText at={createdAt} />
        </span>
      </div>
      {note === '' ? null : <p className={classes.versionNote}>{note}</p>}
      <Group gap={6} justify="space-between" mt={4}>
        <span className={classes.dim}>
          {liveRuns > 0 ? `${formatCount(liveRuns, 'live run')} on it` : ''}
        </span>
        <Group gap={6}>
          <Button size="compact-xs" variant="subtle" onClick={onCompare}>
            Compare
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            loading={restore.isBusy}
            onClick={() => void onRestore()}
          >
            Restore
          </Button>
          {isLive ? null : (
            <Button
              size="compact-xs"
              variant="default"
              loading={activate.isBusy}
              onClick={() => void onActivate()}
            >
              Activate
            </Button>
          )}
        </Group>
      </Group>
    </article>
  );
}
