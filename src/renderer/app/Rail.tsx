/** The left rail: every page, and how many failed triggers are open. Icons only where there is little room. */
import { Fragment, type ReactNode } from 'react';
import { NavLink } from 'react-router';
import { statusMirror } from '../data/system.ts';
import { useMirror } from '../data/mirror.ts';
import { formatCount } from '../ui/formats.ts';
import { Bell } from './Bell.tsx';
import { Logo } from './Logo.tsx';
import { pages } from './pages.tsx';
import classes from './Rail.module.css';

/** The rail. */
export function Rail(): ReactNode {
  const { data: status } = useMirror(statusMirror, null);
  const failed = status?.counts.failedTriggers ?? 0;
  return (
    <nav className={classes['rail']} aria-label="Pages">
      <div className={classes['brand']}>
        <Logo />
        <span className={classes['name']}>Hookyard</span>
      </div>
      <ul className={classes['list']}>
        {pages.map(({ name, title, icon: Icon }) => (
          <Fragment key={name}>
            {name === 'settings' && (
              <li className={classes['last']}>
                <Bell />
              </li>
            )}
            <li>
              <NavLink
                to={`/${name}`}
                title={title}
                className={({ isActive }) => `${classes['link']} ${isActive ? classes['isActive'] : ''}`}
              >
                <Icon size={17} stroke={1.6} aria-hidden />
                <span className={classes['label']}>{title}</span>
                {name === 'failed' && failed > 0 && (
                  <span className={classes['badge']}>
                    {failed > 999 ? '999+' : failed}
                    <span className={classes['unseen']}> {formatCount(failed, 'open failed trigger')}</span>
                  </span>
                )}
              </NavLink>
            </li>
          </Fragment>
        ))}
      </ul>
    </nav>
  );
}
