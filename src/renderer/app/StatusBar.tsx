/** The bar below every page: how the receiver and the queue are doing, in figures that are always there. */
import { Popover, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { StatusView } from '../../shared/contract/views.ts';
import { useLink } from '../data/connection.ts';
import { useMirror } from '../data/mirror.ts';
import { statusMirror } from '../data/system.ts';
import { StatusDot, type Tone } from '../ui/badges.tsx';
import { CopyField } from '../ui/CopyField.tsx';
import { formatCount, formatSize } from '../ui/formats.ts';
import { Sparkline } from './Sparkline.tsx';
import classes from './StatusBar.module.css';

/** The status bar. */
export function StatusBar(): ReactNode {
  const { data: status } = useMirror(statusMirror, null);
  const { state } = useLink();
  return (
    <footer className={classes['bar']} aria-label="Status">
      {status === undefined ? (
        <span className={classes['item']}>
          <span className={toneClass(state.kind === 'connecting' ? 'busy' : 'wait')}>
            <StatusDot tone="busy" isPulsing />
          </span>
          {state.kind === 'connecting' || state.kind === 'open' ? 'Connecting…' : 'Not connected'}
        </span>
      ) : (
        <Figures status={status} isOld={state.kind !== 'open'} />
      )}
    </footer>
  );
}

function Figures({ status, isOld }: { readonly status: StatusView; readonly isOld: boolean }): ReactNode {
  const perMinute = status.requestsPerMinute.at(-1) ?? 0;
  return (
    <>
      <Receiver status={status} isOld={isOld} />
      <Tooltip label={`Requests per minute, last ${status.requestsPerMinute.length} minutes`}>
        <span className={classes['item']}>
          <Sparkline values={status.requestsPerMinute} />
          <span className={classes['figure']}>{formatCount(perMinute)}</span>/min
        </span>
      </Tooltip>
      <Tooltip label="Steps that are due and not yet begun">
        <span className={classes['item']}>
          Queue <span className={classes['figure']}>{formatCount(status.queueDepth)}</span>
        </span>
      </Tooltip>
      <Link className={`${classes['item']} ${classes['link']}`} to="/runs?status=waiting">
        <span className={classes['figure']}>{formatCount(status.waitingRuns)}</span> waiting
      </Link>
      <span className={classes['space']} />
      <Tooltip
        label={`Database; ${status.disk.freeBytes === null ? 'free space unknown' : `${formatSize(status.disk.freeBytes)} free on its disk`}`}
      >
        <span className={`${classes['item']} ${classes['minor']}`}>
          Database <span className={classes['figure']}>{formatSize(status.disk.databaseBytes)}</span>
        </span>
      </Tooltip>
      <span className={`${classes['item']} ${classes['minor']}`}>v{status.version}</span>
    </>
  );
}

function Receiver({ status, isOld }: { readonly status: StatusView; readonly isOld: boolean }): ReactNode {
  const { listening, addresses, error } = status.receiver;
  const tone: Tone = isOld ? 'wait' : listening ? 'ok' : 'bad';
  const words = isOld
    ? 'not connected'
    : listening
      ? addresses.local.replace(/^https?:\/\//, '')
      : 'receiver is down';
  return (
    <Popover position="top-start" width={380} trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={`${classes['item']} ${classes['button']}`}
          aria-label={`Receiver: ${words}`}
        >
          <span className={toneClass(tone)}>
            <StatusDot tone={tone} />
          </span>
          <span className={classes['address']}>{words}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes['addresses']}>
          {error !== null && <p className={classes['error']}>{error}</p>}
          <CopyField label="This computer" value={addresses.local} />
          {addresses.lan.map((address, index) => (
            <CopyField
              key={address}
              label={addresses.lan.length > 1 ? `Local network ${index + 1}` : 'Local network'}
              value={address}
            />
          ))}
          {addresses.public !== null && <CopyField label="Public" value={addresses.public} />}
          <p className={classes['hint']}>
            {addresses.lan.length === 0 && 'Only this computer reaches it. '}
            <Link to="/settings?section=receiver">Receiver settings</Link>
          </p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function toneClass(tone: Tone): string | undefined {
  return classes[tone];
}
