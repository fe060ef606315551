/**
 * A list of any length: only the rows in view exist. One tab stop; arrows, Home, End and Page keys move the choice;
 * rows never change height, so nothing jumps.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import classes from './VirtualList.module.css';

export interface VirtualListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly rowHeight: number;
  readonly renderRow: (item: T) => ReactNode;
  readonly selectedKey: string | null;
  readonly onSelect: (item: T) => void;
  /** The last rows came into view: time for an older page. */
  readonly onEnd?: () => void;
  /** Whether the newest row is in view. */
  readonly onTopChange?: (isAtTop: boolean) => void;
  /** Below the last row, e.g. "Loading older runs…". */
  readonly footer?: ReactNode;
}

const pageStep = 10;

/** A virtual list of rows one can choose from. */
export function VirtualList<T>(props: VirtualListProps<T>): ReactNode {
  const { label, items, keyOf, rowHeight, renderRow, selectedKey, onSelect, onEnd, onTopChange, footer } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const rows = virtualizer.getVirtualItems();
  const lastIndex = rows.at(-1)?.index ?? -1;
  useEffect(() => {
    if (items.length > 0 && lastIndex >= items.length - 5) onEnd?.();
  }, [lastIndex, items.length, onEnd]);

  // Follows the choice only when the choice itself moved, never when rows came in above it.
  const chosen = useRef<string | null>(null);
  useEffect(() => {
    if (selectedKey === chosen.current) return;
    const index = items.findIndex((item) => keyOf(item) === selectedKey);
    if (index < 0) return;
    chosen.current = selectedKey;
    virtualizer.scrollToIndex(index, { align: 'auto' });
  }, [selectedKey, items, keyOf, virtualizer]);

  const wasAtTop = useRef(true);
  const onScroll = (): void => {
    const isAtTop = (scroller.current?.scrollTop ?? 0) < rowHeight / 2;
    if (isAtTop === wasAtTop.current) return;
    wasAtTop.current = isAtTop;
    onTopChange?.(isAtTop);
  };

  const moveTo = (index: number): void => {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (item !== undefined) onSelect(item);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return;
    const index = items.findIndex((item) => keyOf(item) === selectedKey);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index < 0 ? 0 : index - 1,
      PageDown: index + pageStep,
      PageUp: index - pageStep,
      Home: 0,
      End: items.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  };

  const onClick = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    const item = items[Number(row?.getAttribute('data-index') ?? -1)];
    if (item !== undefined) onSelect(item);
  };

  return (
    <div
      ref={scroller}
      className={classes['scroller']}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
      {...(selectedKey === null ? {} : { 'aria-activedescendant': `${id}-${selectedKey}` })}
    >
      <div className={classes['space']} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {rows.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          const key = keyOf(item);
          return (
            // The list handles the keyboard; rows are reached through it.
            <div
              key={key}
              id={`${id}-${key}`}
              role="option"
              aria-selected={key === selectedKey}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              className={`${classes['row']} ${key === selectedKey ? classes['isSelected'] : ''}`}
              style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
              data-index={row.index}
            >
              {renderRow(item)}
            </div>
          );
        })}
      </div>
      {footer !== undefined && <div className={classes['footer']}>{footer}</div>}
    </div>
  );
}
