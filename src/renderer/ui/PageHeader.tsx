/** The top of a page: its one heading, a word on it, and what one can do. */
import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** Beside the title: counts, states. */
  readonly note?: ReactNode;
  /** At the right: buttons. */
  readonly actions?: ReactNode;
  /** Below: filters, tabs. */
  readonly children?: ReactNode;
}

/** A page's heading row. */
export function PageHeader({ title, note, actions, children }: PageHeaderProps): ReactNode {
  return (
    <header className={classes['header']}>
      <div className={classes['row']}>
        <h1 className={classes['title']}>{title}</h1>
        {note !== undefined && <div className={classes['note']}>{note}</div>}
        <div className={classes['actions']}>{actions}</div>
      </div>
      {children}
    </header>
  );
}
