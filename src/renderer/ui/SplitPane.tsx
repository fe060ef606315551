/**
 * List on the left, detail on the right, with a divider one can drag or move by keyboard. Where there is no room for
 * both, the detail covers the list while it is open.
 */
import { useElementSize, useLocalStorage, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import classes from './SplitPane.module.css';

export interface SplitPaneProps {
  /** Remembers the divider under this name. */
  readonly name: string;
  readonly list: ReactNode;
  /** Null while nothing is chosen: the list has all the room. In little room the detail covers the list. */
  readonly detail: ReactNode | null;
  /** What the divider separates, for screen readers. */
  readonly label: string;
  /** Share of the list, in per cent, before anyone moved the divider. */
  readonly share?: number;
}

const narrowBelow = 720;
const least = 25;
const most = 75;

/** Two panes. */
export function SplitPane({ name, list, detail, label, share = 45 }: SplitPaneProps): ReactNode {
  const [stored, setShare] = useLocalStorage({ key: `hookyard.split.${name}`, defaultValue: share });
  const { ref, width } = useElementSize();
  const root = useRef<HTMLDivElement>(null);
  const merged = useMergedRef(root, ref);
  const present = clamp(stored);
  const isOpen = detail !== null;
  const isNarrow = width > 0 && width < narrowBelow;

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const box = root.current?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    setShare(clamp(((event.clientX - box.left) / box.width) * 100));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowLeft' ? -3 : event.key === 'ArrowRight' ? 3 : 0;
    if (step === 0) return;
    event.preventDefault();
    setShare(clamp(present + step));
  };

  return (
    <div ref={merged} className={classes['root']}>
      <div
        className={classes['pane']}
        style={isOpen ? (isNarrow ? { display: 'none' } : { width: `${present}%` }) : { flex: 1 }}
      >
        {list}
      </div>
      {isOpen && !isNarrow && (
        // A divider that can be moved is a widget: the pattern wants a focusable separator.
        <div
          className={classes['divider']}
          role="separator"
          aria-orientation="vertical"
          aria-label={label}
          aria-valuenow={Math.round(present)}
          aria-valuemin={least}
          aria-valuemax={most}
          tabIndex={0}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={onPointerMove}
          onKeyDown={onKeyDown}
          onDoubleClick={() => setShare(share)}
        />
      )}
      {isOpen && <div className={`${classes['pane']} ${classes['detail']}`}>{detail}</div>}
    </div>
  );
}

function clamp(share: number): number {
  return Math.min(most, Math.max(least, share));
}
