/** Text as sent, in a fixed-width face: large texts are drawn in pieces, so that none freezes the page. */
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './CodeText.module.css';
import { formatSize } from './formats.ts';
import { HostileText } from './HostileText.tsx';

export interface CodeTextProps {
  readonly text: string;
  readonly label: string;
  /** Breaks long lines (the default) or scrolls sideways. */
  readonly isWrapped?: boolean;
}

/** Characters drawn before one is asked whether to go on. */
const pieceLength = 60_000;

/** A block of text one can read and copy, never run. */
export function CodeText({ text, label, isWrapped = true }: CodeTextProps): ReactNode {
  const [shown, setShown] = useState(pieceLength);
  const rest = text.length - shown;
  return (
    <section className={classes['root']} aria-label={label}>
      {/* Long texts scroll: the keyboard must reach them. */}
      <pre className={`${classes['text']} ${isWrapped ? classes['isWrapped'] : ''}`}>
        <HostileText text={rest > 0 ? text.slice(0, shown) : text} />
      </pre>
      {rest > 0 && (
        <Button variant="default" m="xs" onClick={() => setShown(shown + pieceLength * 4)}>
          Show more ({formatSize(rest)} left)
        </Button>
      )}
    </section>
  );
}
