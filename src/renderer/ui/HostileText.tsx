/**
 * Shows a text a stranger wrote: always as text, isolated from the direction of its surroundings, with whatever
 * would be invisible drawn as a small mark.
 */
import type { ReactNode } from 'react';
import { splitHostile } from './hostile.ts';
import classes from './HostileText.module.css';

export interface HostileTextProps {
  readonly text: string;
  /** Keeps line breaks and runs of spaces. */
  readonly isBlock?: boolean;
  readonly className?: string | undefined;
}

/** A stranger's text. */
export function HostileText({ text, isBlock = false, className }: HostileTextProps): ReactNode {
  const names = [classes['text'], isBlock ? classes['block'] : '', className ?? ''].join(' ');
  return (
    <bdi className={names} dir="ltr">
      {splitHostile(text).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          // The order of parts is their identity: the text never changes in place.
          <span key={index} className={classes['mark']} title={part.title}>
            {part.label}
          </span>
        ),
      )}
    </bdi>
  );
}
