/**
 * A JSON value as a tree one can unfold. Lazy, bounded in depth and length, digits of long numbers kept, every text
 * shown as a stranger's; the path of any value can be copied the way expressions write it.
 */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconChevronRight, IconRoute } from '@tabler/icons-react';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useMemo, useState } from 'react';
import { HostileText } from './HostileText.tsx';
import classes from './JsonTree.module.css';
import { deepest, type JsonRow, LongNumber, listRows, pageLength, writePath } from './json-rows.ts';

export interface JsonTreeProps {
  readonly value: unknown;
  readonly label: string;
  /** What a copied path begins with, e.g. `trigger.data`. */
  readonly root?: string;
  /** Levels unfolded at first. */
  readonly openLevels?: number;
}

/** Texts longer than this are cut in the tree; the raw view has them whole. */
const longestText = 600;

/** A tree of a JSON value. */
export function JsonTree({ value, label, root = '', openLevels = 2 }: JsonTreeProps): ReactNode {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map());
  const [activeId, setActiveId] = useState('[]');
  const idPrefix = useId();
  const rows = useMemo(
    () =>
      listRows(value, {
        isOpen: (id, depth) => toggled.get(id) ?? depth < openLevels,
        shownOf: (id) => shown.get(id) ?? pageLength,
      }),
    [value, toggled, shown, openLevels],
  );
  const activeIndex = Math.max(
    0,
    rows.findIndex(({ id }) => id === activeId),
  );

  const toggle = (row: JsonRow): void => {
    setActiveId(row.id);
    if (row.kind === 'more') {
      const owner = JSON.stringify(row.path);
      setShown(new Map(shown).set(owner, (shown.get(owner) ?? pageLength) + pageLength * 5));
    } else if (row.count > 0 && row.kind !== 'tooDeep') setToggled(new Map(toggled).set(row.id, !row.isOpen));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[activeIndex];
    if (row === undefined || event.target !== event.currentTarget) return;
    const goTo = (index: number): void => {
      const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
      if (target === undefined) return;
      setActiveId(target.id);
      document.getElementById(`${idPrefix}${target.id}`)?.scrollIntoView({ block: 'nearest' });
    };
    const parent = rows.findLastIndex(({ depth }, index) => index < activeIndex && depth < row.depth);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => goTo(activeIndex + 1),
      ArrowUp: () => goTo(activeIndex - 1),
      ArrowRight: () => (row.isOpen ? goTo(activeIndex + 1) : toggle(row)),
      ArrowLeft: () => (row.isOpen ? toggle(row) : goTo(parent)),
      Enter: () => toggle(row),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };

  const onClick = (event: MouseEvent): void => {
    const line = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    const row = rows[Number(line?.getAttribute('data-index') ?? -1)];
    // Marking text to copy it is no click.
    if (row !== undefined && window.getSelection()?.isCollapsed !== false) toggle(row);
  };

  return (
    <div
      role="tree"
      aria-label={label}
      tabIndex={0}
      className={classes['tree']}
      aria-activedescendant={`${idPrefix}${rows[activeIndex]?.id ?? ''}`}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {rows.map((row, index) => (
        // The tree handles the keyboard; rows are reached through it.
        <div
          key={row.id}
          id={`${idPrefix}${row.id}`}
          role="treeitem"
          aria-level={row.depth + 1}
          aria-selected={index === activeIndex}
          {...(row.kind === 'object' || row.kind === 'array' ? { 'aria-expanded': row.isOpen } : {})}
          className={classes['row']}
          style={{ paddingInlineStart: 6 + Math.min(row.depth, 40) * 14 }}
          data-index={index}
        >
          <TreeRow row={row} />
          {row.kind !== 'more' && row.path.length > 0 && (
            <CopyPath path={root === '' ? writePath(row.path) : joinRoot(root, writePath(row.path))} />
          )}
        </div>
      ))}
    </div>
  );
}

function joinRoot(root: string, path: string): string {
  return path.startsWith('[') ? `${root}${path}` : `${root}.${path}`;
}

function TreeRow({ row }: { readonly row: JsonRow }): ReactNode {
  if (row.kind === 'more') return <span className={classes['more']}>{row.count} more…</span>;
  const isFold = row.kind !== 'leaf';
  return (
    <>
      <span className={classes['fold']} aria-hidden="true">
        {isFold && row.count > 0 && (
          <IconChevronRight size={13} className={row.isOpen ? classes['isOpen'] : undefined} />
        )}
      </span>
      {row.label !== null && (
        <span className={typeof row.label === 'number' ? classes['index'] : classes['key']}>
          <HostileText text={String(row.label)} />
          <span className={classes['colon']}>: </span>
        </span>
      )}
      {isFold ? <FoldText row={row} /> : <LeafText value={row.value} />}
    </>
  );
}

function FoldText({ row }: { readonly row: JsonRow }): ReactNode {
  const [open, close] = Array.isArray(row.value) ? ['[', ']'] : ['{', '}'];
  if (row.kind === 'tooDeep') {
    return <span className={classes['dim']}>nested deeper than {deepest} levels; see the raw body</span>;
  }
  if (row.count === 0) return <span className={classes['dim']}>{open + close}</span>;
  const noun =
    row.kind === 'array' ? (row.count === 1 ? 'entry' : 'entries') : row.count === 1 ? 'key' : 'keys';
  return (
    <span className={classes['dim']}>
      {row.isOpen ? open : `${open}…${close}`} {row.count} {noun}
    </span>
  );
}

function LeafText({ value }: { readonly value: unknown }): ReactNode {
  if (typeof value === 'string') {
    const isCut = value.length > longestText;
    return (
      <span className={classes['string']}>
        "<HostileText text={isCut ? value.slice(0, longestText) : value} isBlock />"
        {isCut && <span className={classes['dim']}> … {value.length.toLocaleString('en')} characters</span>}
      </span>
    );
  }
  if (value instanceof LongNumber) return <span className={classes['number']}>{value.digits}</span>;
  if (typeof value === 'number') return <span className={classes['number']}>{String(value)}</span>;
  return <span className={classes['word']}>{value === undefined ? 'nothing' : JSON.stringify(value)}</span>;
}

function CopyPath({ path }: { readonly path: string }): ReactNode {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(path);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <Tooltip label={isCopied ? 'Copied' : `Copy path ${path}`}>
      <ActionIcon
        size={18}
        className={classes['copy']}
        tabIndex={-1}
        aria-label={`Copy path ${path}`}
        onClick={(event) => {
          event.stopPropagation();
          void copy();
        }}
      >
        {isCopied ? <IconCheck size={13} aria-hidden /> : <IconRoute size={13} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
