/** The table of triggers: State, Trigger Type, Event Name, Location, last call and the day's counts. */
import { Button, Checkbox, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { TriggerView } from '../../../shared/contract/triggers.ts';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { ToneBadge } from '../../ui/badges.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { TriggerMenu } from './TriggerMenu.tsx';
import { locationOf, marksOf, stateOf } from './trigger-state.ts';
import classes from '../../ui/table.module.css';

export interface TriggerTableProps {
  readonly triggers: readonly EndpointView[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onMore?: () => void;
  readonly isLoadingMore: boolean;
  /** Starts without an endpoint, listed after all that have one. */
  readonly others: readonly TriggerView[];
}

/** All triggers on one table. */
export function TriggerTable(props: TriggerTableProps): ReactNode {
  const { triggers, chosen, onChoose, onMore, isLoadingMore, others } = props;
  const isAll = triggers.length > 0 && triggers.every(({ id }) => chosen.has(id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <section className={classes['scroll']} aria-label="Triggers">
      <Table stickyHeader highlightOnHover className={classes['table'] ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                aria-label="Choose all triggers"
                checked={isAll}
                indeterminate={!isAll && chosen.size > 0}
                onChange={() => onChoose(new Set(isAll ? [] : triggers.map(({ id }) => id)))}
              />
            </Table.Th>
            <Table.Th w={112}>State</Table.Th>
            <Table.Th w={136}>Trigger Type</Table.Th>
            <Table.Th>Event Name</Table.Th>
            <Table.Th>Location</Table.Th>
            <Table.Th w={110}>Last call</Table.Th>
            <Table.Th w={130} className={classes['number'] ?? ''}>
              24 h: ok / refused
            </Table.Th>
            <Table.Th w={44} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {triggers.map((trigger) => (
            <TriggerRow
              key={trigger.id}
              trigger={trigger}
              isChosen={chosen.has(trigger.id)}
              onToggle={() => toggle(trigger.id)}
            />
          ))}
          {others.map((trigger) => (
            <OtherRow key={trigger.id} trigger={trigger} />
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

interface TriggerRowProps {
  readonly trigger: EndpointView;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}

function TriggerRow({ trigger, isChosen, onToggle }: TriggerRowProps): ReactNode {
  const { word, tone, why } = stateOf(trigger);
  const location = locationOf(trigger);
  const { accepted, rejected } = trigger.recent;
  return (
    <Table.Tr {...(isChosen ? { bg: 'var(--hy-bg-selected)' } : {})}>
      <Table.Td>
        <Checkbox aria-label={`Choose ${trigger.name}`} checked={isChosen} onChange={onToggle} />
      </Table.Td>
      <Table.Td>
        <ToneBadge tone={tone} title={why}>
          {word}
        </ToneBadge>
      </Table.Td>
      <Table.Td className={classes['dim'] ?? ''}>
        {trigger.kind === 'shared' ? 'Shared webhook' : 'Webhook'}
      </Table.Td>
      <Table.Td>
        <div className={classes['marked']}>
          <span className={classes['clip']} title={trigger.name}>
            <HostileText text={trigger.name} />
          </span>
          {marksOf(trigger).map((mark) => (
            <ToneBadge key={mark.word} tone={mark.tone} title={mark.why}>
              {mark.word}
            </ToneBadge>
          ))}
        </div>
        <div className={`${classes['clip']} ${classes['dim']} ${classes['mono']}`} title={trigger.path}>
          <HostileText text={`${trigger.methods.join(', ')} ${trigger.path}`} />
        </div>
      </Table.Td>
      <Table.Td>
        <div className={classes['clip']} title={location}>
          {trigger.workflowId === null ? (
            <HostileText text={location} />
          ) : (
            <Link to={`/workflows/${trigger.workflowId}`} className={classes['link']}>
              <HostileText text={location} />
            </Link>
          )}
        </div>
      </Table.Td>
      <Table.Td className={classes['dim'] ?? ''}>
        {trigger.lastRequestAt === null ? 'never' : <TimeText at={trigger.lastRequestAt} mode="relative" />}
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>
        {accepted.toLocaleString('en')} /{' '}
        <span className={rejected > 0 ? classes['bad'] : classes['dim']}>
          {rejected.toLocaleString('en')}
        </span>
      </Table.Td>
      <Table.Td>
        <TriggerMenu trigger={trigger} />
      </Table.Td>
    </Table.Tr>
  );
}

const otherTypes: Readonly<Record<TriggerView['type'], string>> = {
  webhook: 'Webhook',
  schedule: 'Schedule',
  api: 'API',
  manual: 'By hand',
};

/** A start that has no endpoint: it follows its workflow. */
function OtherRow({ trigger }: { readonly trigger: TriggerView }): ReactNode {
  const { accepted, rejected } = trigger.recent;
  const [place] = trigger.locations;
  const isActive = trigger.state === 'active';
  return (
    <Table.Tr>
      <Table.Td />
      <Table.Td>
        <ToneBadge tone={isActive ? 'ok' : 'note'} title={trigger.fixed ?? undefined}>
          {isActive ? 'Active' : 'Deactivated'}
        </ToneBadge>
      </Table.Td>
      <Table.Td className={classes['dim'] ?? ''}>{otherTypes[trigger.type]}</Table.Td>
      <Table.Td>
        <div className={classes['clip']} title={trigger.eventName}>
          <HostileText text={trigger.eventName} />
        </div>
        {trigger.schedule === null ? null : (
          <div className={`${classes['clip']} ${classes['dim']} ${classes['mono']}`}>
            <HostileText text={`${trigger.schedule.cron} ${trigger.schedule.timeZone}`} />
          </div>
        )}
      </Table.Td>
      <Table.Td>
        {place === undefined ? null : (
          <Link to={`/workflows/${place.workflowId}`} className={classes['link']}>
            <HostileText
              text={`${place.project} / ${place.workflowName}${place.version === null ? '' : ` v${place.version}`}`}
            />
          </Link>
        )}
      </Table.Td>
      <Table.Td className={classes['dim'] ?? ''}>
        {trigger.lastCallAt === null ? 'never' : <TimeText at={trigger.lastCallAt} mode="relative" />}
        {trigger.nextAt === null ? null : (
          <div>
            next <TimeText at={trigger.nextAt} mode="relative" />
          </div>
        )}
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>
        {accepted.toLocaleString('en')} / {rejected.toLocaleString('en')}
      </Table.Td>
      <Table.Td />
    </Table.Tr>
  );
}
