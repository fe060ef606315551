/** The frame of every page: rail, page, status bar; and what is everywhere: palette, keys, connection. */
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Outlet, useNavigate } from 'react-router';
import { listenToKeys, useCommands } from '../ui/commands.ts';
import classes from './Frame.module.css';
import { KeyHelp } from './KeyHelp.tsx';
import { LinkNotice } from './LinkNotice.tsx';
import { Palette } from './Palette.tsx';
import { pages } from './pages.tsx';
import { Rail } from './Rail.tsx';
import { AlarmNotice } from './AlarmNotice.tsx';
import { JobNotice } from './JobNotice.tsx';
import { ReceiverNotice } from './ReceiverNotice.tsx';
import { StatusBar } from './StatusBar.tsx';

/** The frame. */
export function Frame(): ReactNode {
  const navigate = useNavigate();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useEffect(listenToKeys, []);
  const pageCommands = useMemo(
    () =>
      pages.map(({ name, title, keys }) => ({
        id: `open-${name}`,
        title: `Go to ${title}`,
        group: 'Pages',
        keys,
        run: () => void navigate(`/${name}`),
      })),
    [navigate],
  );
  useCommands([
    ...pageCommands,
    { id: 'keys', title: 'Show all keys', group: 'Help', keys: '?', run: () => setHelpOpen(true) },
  ]);
  return (
    <div className={classes['frame']}>
      <a className={classes['skip']} href="#content" onClick={skipToContent}>
        Skip to the page
      </a>
      <Rail />
      <div className={classes['page']} id="content" tabIndex={-1}>
        <ReceiverNotice />
        <AlarmNotice />
        <JobNotice />
        <Outlet />
      </div>
      <StatusBar />
      <LinkNotice />
      <Palette />
      <KeyHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

/** The address is the router's: the link moves the focus and leaves it alone. */
function skipToContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
