/** What two versions of the workflow differ in: steps added, removed and changed field by field, edges, settings. */
import { Group, Modal, Select, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { VersionView } from '../../../../shared/contract/views.ts';
import type { DocumentDiff, FieldChange } from '../../../../shared/model/diff.ts';
import { useMirror } from '../../../data/mirror.ts';
import { diffMirror, type Revision } from '../../../data/workflows.ts';
import { ToneBadge } from '../../../ui/badges.tsx';
import { HostileText } from '../../../ui/HostileText.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/states.tsx';
import classes from './DiffModal.module.css';

export interface DiffModalProps {
  readonly workflowId: string;
  readonly versions: readonly VersionView[];
  /** The version to begin with; null: closed. */
  readonly from: number | null;
  readonly onClose: () => void;
}

/** The dialog of *Compare*. */
export function DiffModal({ workflowId, versions, from, onClose }: DiffModalProps) {
  return (
    <Modal opened={from !== null} onClose={onClose} title="Compare versions" size="xl">
      {from === null ? null : <Comparison workflowId={workflowId} versions={versions} first={from} />}
    </Modal>
  );
}

const toRevision = (text: string | null): Revision =>
  text === null || text === 'draft' ? 'draft' : Number(text);

function Comparison({
  workflowId,
  versions,
  first,
}: {
  readonly workflowId: string;
  readonly versions: readonly VersionView[];
  readonly first: number;
}) {
  const [from, setFrom] = useState<Revision>(first);
  const [to, setTo] = useState<Revision>('draft');
  const { data, status, error, refetch } = useMirror(diffMirror, { id: workflowId, from, to });
  const choices = [
    { value: 'draft', label: 'Draft, as last saved' },
    ...versions.map(({ version, note }) => ({
      value: String(version),
      label: `v${version}${note === '' ? '' : ` · ${note.split('\n')[0]?.slice(0, 60) ?? ''}`}`,
    })),
  ];
  return (
    <Stack gap="sm">
      <Group grow>
        <Select
          label="Before"
          data={choices}
          value={String(from)}
          allowDeselect={false}
          onChange={(value) => setFrom(toRevision(value))}
        />
        <Select
          label="After"
          data={choices}
          value={String(to)}
          allowDeselect={false}
          onChange={(value) => setTo(toRevision(value))}
        />
      </Group>
      {data !== undefined ? (
        <Differences diff={data} />
      ) : status === 'failed' ? (
        <ErrorState title="They could not be compared" reason={error?.message ?? ''} onRetry={refetch} />
      ) : (
        <LoadingState what="the comparison" shape="detail" />
      )}
    </Stack>
  );
}

/** Every difference, by what it is about. */
function Differences({ diff }: { readonly diff: DocumentDiff }) {
  const { steps, edges, about, settings } = diff;
  if (diff.identical) {
    return <EmptyState title="No difference">Both are the same, down to where the steps stand.</EmptyState>;
  }
  return (
    <div className={classes.parts}>
      <Part title="Steps">
        {steps.added.map(({ id, name, type }) => (
          <Line key={`+${id}`} tone="ok" word="added" name={name} note={type} />
        ))}
        {steps.removed.map(({ id, name, type }) => (
          <Line key={`-${id}`} tone="bad" word="removed" name={name} note={type} />
        ))}
        {steps.changed.map(({ id, name, type, fields }) => (
          <Line key={id} tone="wait" word="changed" name={name} note={type}>
            <Changes changes={fields} />
          </Line>
        ))}
      </Part>
      <Part title="Edges">
        {edges.added.map((edge) => (
          <Line key={`+${JSON.stringify(edge)}`} tone="ok" word="added" name={edgeText(edge)} />
        ))}
        {edges.removed.map((edge) => (
          <Line key={`-${JSON.stringify(edge)}`} tone="bad" word="removed" name={edgeText(edge)} />
        ))}
      </Part>
      <Part title="Workflow">
        {about.length + settings.length === 0 ? null : (
          <li>
            <Changes changes={[...about, ...settings]} />
          </li>
        )}
      </Part>
      <Part title="Elsewhere on the canvas">
        {steps.moved.length === 0 ? null : (
          <li className={classes.dim}>
            <HostileText text={steps.moved.map(({ name }) => name).join(', ')} />
          </li>
        )}
      </Part>
    </div>
  );
}

const edgeText = ({ source, target, port }: { source: string; target: string; port?: string | undefined }) =>
  `${source}${port === undefined ? '' : ` (${port})`} → ${target}`;

/** A part with its heading; left out when there is nothing in it. */
function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const isEmpty = [children].flat(3).every((child) => child === null || child === false);
  if (isEmpty) return null;
  return (
    <section aria-label={title}>
      <h3 className={classes.heading}>{title}</h3>
      <ul className={classes.list}>{children}</ul>
    </section>
  );
}

interface LineProps {
  readonly tone: 'ok' | 'bad' | 'wait';
  readonly word: string;
  readonly name: string;
  readonly note?: string;
  readonly children?: ReactNode;
}

function Line({ tone, word, name, note, children }: LineProps) {
  return (
    <li>
      <span className={classes.line}>
        <ToneBadge tone={tone}>{word}</ToneBadge>
        <strong>
          <HostileText text={name} />
        </strong>
        {note === undefined ? null : (
          <span className={classes.dim}>
            <HostileText text={note} />
          </span>
        )}
      </span>
      {children}
    </li>
  );
}

/** Values before and after, one row for each. */
function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  return (
    <dl className={classes.changes}>
      {changes.map(({ path, before, after }) => (
        <div key={path} className={classes.change}>
          <dt>
            <HostileText text={path} />
          </dt>
          <dd className={classes.before}>
            <span className={classes.unseen}>before: </span>
            <HostileText text={textOf(before)} isBlock />
          </dd>
          <dd className={classes.after}>
            <span className={classes.unseen}>after: </span>
            <HostileText text={textOf(after)} isBlock />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A value as people read it; long ones are cut, as both sides stand in the versions themselves. */
function textOf(value: unknown): string {
  if (value === undefined) return '—';
  if (value === '') return '(empty)';
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 1) ?? '');
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
