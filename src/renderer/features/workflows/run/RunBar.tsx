/** The run over the canvas in one line: which, how it stands, how long it took, what started it; and the way out. */
import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { IconHistory, IconX } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { RunSummary, RunView } from '../../../../shared/contract/views.ts';
import { isLive } from '../../../../shared/model/run.ts';
import { useAction } from '../../../data/action.ts';
import { cancelRun } from '../../../data/runs.ts';
import { RunStatusBadge } from '../../../ui/badges.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { DurationText, TimeText } from '../../../ui/figures.tsx';
import { useNow } from '../../../ui/now.ts';
import { sayVersion } from '../../../ui/run-version.ts';
import classes from './RunBar.module.css';
import type { ShownRun } from './use-shown-run.ts';

/** Runs to pick from, at the edge of the canvas. */
export function RunPicker({ shown }: { readonly shown: ShownRun }) {
  const { latest, offered, show } = shown;
  return (
    <div className={classes.picker}>
      {offered === null ? null : (
        <Button size="compact-sm" variant="filled" onClick={() => show(offered.id)}>
          A run has just started · Show
        </Button>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconHistory size={14} aria-hidden />}>
            Runs
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          <Menu.Label>Latest runs</Menu.Label>
          {latest.length === 0 ? <Menu.Item disabled>No run yet</Menu.Item> : null}
          {latest.slice(0, 12).map((run) => (
            <Menu.Item key={run.id} onClick={() => show(run.id)}>
              <RunLine run={run} />
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function RunLine({ run }: { readonly run: RunSummary }) {
  return (
    <span className={classes.line}>
      <RunStatusBadge status={run.status} />
      <TimeText at={run.createdAt} />
      <span className={classes.dim}>{sayVersion(run)}</span>
      <DurationText ms={durationOf(run, null)} className={classes.dim ?? ''} />
    </span>
  );
}

/** The bar under the canvas while a run is shown. */
export function RunBar({ run, onHide }: { readonly run: RunView; readonly onHide: () => void }) {
  const now = useNow();
  const cancel = useAction(cancelRun, { failed: 'The run was not cancelled' });
  return (
    <div className={classes.bar} role="region" aria-label="Run on the canvas" data-testid="run-bar">
      <RunStatusBadge status={run.status} />
      <Link to={`/runs/${run.id}`} className={classes.id} title={run.id}>
        {run.id}
      </Link>
      <span className={classes.dim}>
        {sayVersion(run)} · <TimeText at={run.createdAt} /> · <DurationText ms={durationOf(run, now)} />
      </span>
      {run.waitingFor === null ? null : (
        <span className={classes.waiting} title={run.waitingFor}>
          {run.waitingFor}
        </span>
      )}
      {run.error === null ? null : (
        <span className={classes.fault} title={run.error.message}>
          {run.error.message}
        </span>
      )}
      <span className={classes.space} />
      {run.resumeUrl === null ? null : (
        <CopyButton value={run.resumeUrl} label="resume URL" look="button" text="Resume URL" />
      )}
      {run.requestId === null ? null : (
        <Button component={Link} to={`/requests/${run.requestId}`} size="compact-xs" variant="subtle">
          Request
        </Button>
      )}
      {isLive(run.status) ? (
        <Button
          size="compact-xs"
          variant="subtle"
          color="red"
          loading={cancel.isBusy}
          onClick={() => void cancel.run(run.id)}
        >
          Cancel run
        </Button>
      ) : null}
      <Tooltip label="Take the run off the canvas">
        <ActionIcon size="sm" aria-label="Take the run off the canvas" onClick={onHide}>
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function durationOf(run: RunSummary, now: number | null): number | null {
  if (run.startedAt === null) return null;
  const end = run.finishedAt === null ? now : Date.parse(run.finishedAt);
  return end === null ? null : Math.max(0, end - Date.parse(run.startedAt));
}
