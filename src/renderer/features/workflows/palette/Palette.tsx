/**
 * Workflow Steps: every kind of step by group, found by search, added by dragging it onto the canvas or by click and
 * Enter after the chosen step.
 */
import { ActionIcon, CloseButton, Text, TextInput, Tooltip } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type StepDefinition, stepGroups } from '../../../../shared/model/catalog.ts';
import { StepIcon } from '../canvas/StepIcon.tsx';
import { useEditorState, useOpenWorkflow, useWorkbench } from '../editor/editor-context.ts';
import { useAdding } from '../editor/use-adding.ts';
import classes from './Palette.module.css';
import { searchSteps } from './search-steps.ts';
import { useStepDrag } from './use-step-drag.ts';

/** The palette beside the canvas. */
export function Palette() {
  const { kinds, workbench } = useOpenWorkflow();
  const { add } = useAdding();
  const { begin, takeDragged } = useStepDrag();
  const [query, setQuery] = useState('');
  // Not deferred: Enter adds the first of what is typed, however fast it follows.
  const found = searchSteps(kinds.catalog.steps, query);
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const addTarget = useWorkbench((state) => state.addTarget);
  useEffect(() => {
    if (addTarget !== null) search.current?.focus();
  }, [addTarget]);

  const choose = (kind: string): void => {
    if (!takeDragged()) add(kind);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(list.current?.querySelectorAll<HTMLButtonElement>('button[data-kind]') ?? [])];
    const at = entries.findIndex((entry) => entry === document.activeElement);
    if (event.key === 'ArrowDown') entries[Math.min(at + 1, entries.length - 1)]?.focus();
    else if (event.key === 'ArrowUp') (at <= 0 ? search.current : entries[at - 1])?.focus();
    else if (event.key === 'Escape') {
      if (query !== '') setQuery('');
      else workbench.closePalette();
    } else if (event.key === 'Enter' && event.target === search.current) {
      if (found[0] !== undefined) add(found[0].kind);
    } else return;
    event.preventDefault();
  };

  return (
    <section className={classes.palette} aria-label="Workflow Steps" data-palette>
      <div className={classes.top}>
        <h2 className={classes.title}>Workflow Steps</h2>
        <CloseButton size="sm" aria-label="Close Workflow Steps" onClick={() => workbench.closePalette()} />
      </div>
      <TextInput
        ref={search}
        onKeyDown={onKeyDown}
        size="xs"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        placeholder="Search steps"
        aria-label="Search steps"
        leftSection={<IconSearch size={14} aria-hidden />}
      />
      <Hint />
      <div className={classes.list} ref={list}>
        {stepGroups.map((group) => {
          const entries = found.filter((definition) => definition.group === group);
          if (entries.length === 0) return null;
          return (
            <div key={group} role="group" aria-label={group}>
              <div className={classes.group} aria-hidden>
                {group}
              </div>
              {entries.map((definition) => (
                <Entry
                  key={definition.kind}
                  definition={definition}
                  onChoose={choose}
                  onKeyDown={onKeyDown}
                  onPress={(at) => begin(definition.kind, at)}
                />
              ))}
            </div>
          );
        })}
        {found.length === 0 ? (
          <Text size="xs" c="dimmed" p="sm">
            No step is called “{query}”.
          </Text>
        ) : null}
      </div>
    </section>
  );
}

interface EntryProps {
  readonly definition: StepDefinition;
  readonly onChoose: (kind: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPress: (at: { readonly x: number; readonly y: number }) => void;
}

function Entry({ definition, onChoose, onKeyDown, onPress }: EntryProps) {
  return (
    <button
      type="button"
      className={classes.entry}
      data-kind={definition.kind}
      data-group={definition.group}
      onClick={() => onChoose(definition.kind)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button === 0) onPress({ x: event.clientX, y: event.clientY });
      }}
      onDragStart={(event) => event.preventDefault()}
    >
      <span className={classes.icon}>
        <StepIcon name={definition.icon} size={17} />
      </span>
      <span className={classes.words}>
        <span className={classes.name}>{definition.title}</span>
        <span className={classes.description} title={definition.description}>
          {definition.description}
        </span>
      </span>
    </button>
  );
}

/** Says where a click puts the step. */
function Hint() {
  const { workbench } = useOpenWorkflow();
  const target = useWorkbench((state) => state.addTarget);
  const nodes = useEditorState((state) => state.history.present.nodes);
  const chosen = useEditorState((state) => state.selection.nodeIds.at(-1));
  const chosenEdge = useEditorState((state) => state.selection.edgeIds[0]);
  const nameOf = (id: string | undefined): string | undefined => nodes.find((node) => node.id === id)?.name;
  const text =
    target?.kind === 'port'
      ? `Choose what comes after “${nameOf(target.source)}”${target.port === null || target.port === 'out' ? '' : ` (${target.port})`}.`
      : target?.kind === 'edge' || chosenEdge !== undefined
        ? 'Drag onto the canvas, or click to put a step on the chosen connection.'
        : chosen === undefined
          ? 'Drag onto the canvas, or click to add.'
          : `Drag onto the canvas, or click to add after “${nameOf(chosen)}”.`;
  return (
    <div className={classes.hint}>
      <span title={text}>{text}</span>
      {target === null ? null : (
        <Tooltip label="Add anywhere instead">
          <ActionIcon
            size="xs"
            variant="subtle"
            aria-label="Add anywhere instead"
            onClick={() => workbench.openPalette(null)}
          >
            ×
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
