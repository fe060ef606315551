/** Method and status as they stand in rows and headings. */
import type { ReactNode } from 'react';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './marks.module.css';

/** An HTTP method; senders can invent one. */
export function MethodText({ method }: { readonly method: string }): ReactNode {
  return <HostileText text={method} className={classes['method']} />;
}

/** A status with the tone of its class; a dash while there is no answer. */
export function StatusText({ status }: { readonly status: number | null }): ReactNode {
  const tone = status === null ? 'note' : status < 300 ? 'ok' : status < 500 ? 'wait' : 'bad';
  return <span className={`${classes['status']} ${classes[tone]}`}>{status ?? '–'}</span>;
}
