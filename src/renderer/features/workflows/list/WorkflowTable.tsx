/** The table of workflows: how each starts, how it stands, its last run and its day. */
import { Button, Table, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { WorkflowSummary } from '../../../../shared/contract/views.ts';
import { RunStatusBadge, ToneBadge } from '../../../ui/badges.tsx';
import { TimeText } from '../../../ui/figures.tsx';
import { formatCount } from '../../../ui/formats.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import { startLabel } from '../graph/start-options.ts';
import { stateOf } from '../graph/workflow-state.ts';
import classes from './list.module.css';
import { WorkflowMenu } from './WorkflowMenu.tsx';

export interface WorkflowTableProps {
  readonly workflows: readonly WorkflowSummary[];
  readonly onMore?: () => void;
  readonly isLoadingMore: boolean;
}

/** All workflows on one table. */
export function WorkflowTable({ workflows, onMore, isLoadingMore }: WorkflowTableProps): ReactNode {
  return (
    <section className={classes['scroll']} aria-label="Workflows">
      <Table stickyHeader highlightOnHover className={classes['table'] ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th w={120}>Start</Table.Th>
            <Table.Th w={210}>State</Table.Th>
            <Table.Th w={190}>Last run</Table.Th>
            <Table.Th w={110} className={classes['number'] ?? ''}>
              24 h
            </Table.Th>
            <Table.Th w={44}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workflows.map((workflow) => (
            <WorkflowRow key={workflow.id} workflow={workflow} />
          ))}
        </Table.Tbody>
      </Table>
      {onMore !== undefined && (
        <Button variant="subtle" loading={isLoadingMore} onClick={onMore} m="sm">
          Show more
        </Button>
      )}
    </section>
  );
}

interface WorkflowRowProps {
  readonly workflow: WorkflowSummary;
}

function WorkflowRow({ workflow }: WorkflowRowProps): ReactNode {
  const { id, name, description, startKinds, lastRun, recent } = workflow;
  const state = stateOf(workflow);
  const starts = startKinds.length === 0 ? 'no start yet' : startKinds.map(startLabel).join(', ');
  return (
    <Table.Tr>
      <Table.Td>
        <div className={classes['name']}>
          <Link to={`/workflows/${id}`} className={classes['link']} title={name}>
            <HostileText text={name} />
          </Link>
        </div>
        {description === '' ? null : (
          <div className={classes['description']} title={description}>
            <HostileText text={description} />
          </div>
        )}
      </Table.Td>
      <Table.Td className={classes['name'] ?? ''} title={starts}>
        {starts}
      </Table.Td>
      <Table.Td>
        <span className={classes['badges']}>
          <ToneBadge tone={state.kind === 'live' ? 'ok' : 'note'}>{state.label}</ToneBadge>
          {state.paused === null ? null : <ToneBadge tone="wait">{state.paused}</ToneBadge>}
          {state.changed === null ? null : <ToneBadge tone="wait">{state.changed}</ToneBadge>}
        </span>
      </Table.Td>
      <Table.Td>
        {lastRun === null ? (
          <span className={classes['dim']}>never</span>
        ) : (
          <Link
            to={`/workflows/${id}?run=${lastRun.id}`}
            className={`${classes['link']} ${classes['badges']}`}
          >
            <RunStatusBadge status={lastRun.status} />
            <span className={classes['dim']}>
              <TimeText at={lastRun.at} mode="relative" />
            </span>
          </Link>
        )}
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>
        {formatCount(recent.runs)}
        {recent.failed > 0 ? (
          <span className={classes['bad']}> · {formatCount(recent.failed)} failed</span>
        ) : null}
      </Table.Td>
      <Table.Td>
        <WorkflowMenu workflow={workflow} />
      </Table.Td>
    </Table.Tr>
  );
}
