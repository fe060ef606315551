/** Workflows: all of them, found by name or by an id out of a webhook URL; adding, importing. */
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileImport, IconPlus, IconSearch, IconSitemap } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { notifyFailure } from '../../../data/action.ts';
import { toFailure } from '../../../data/connection.ts';
import { useList } from '../../../data/list.ts';
import { workflowList } from '../../../data/workflows.ts';
import { useCommands } from '../../../ui/commands.ts';
import { PageHeader } from '../../../ui/PageHeader.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/states.tsx';
import { AddWorkflowModal } from './AddWorkflowModal.tsx';
import { ImportModal, readFile } from './ImportModal.tsx';
import classes from './list.module.css';
import { WorkflowTable } from './WorkflowTable.tsx';

/** The page. */
export function WorkflowsPage(): ReactNode {
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim(), 200);
  const [isAdding, setAdding] = useState(false);
  const [imported, setImported] = useState<string | null>(null);
  const { list, ...state } = useList(workflowList, q === '' ? {} : { q });
  const open = (id: string): void => void navigate(`/workflows/${id}`);
  const drop = useFileDrop(setImported);
  usePastedWorkflow(imported === null && !isAdding, setImported);
  useCommands([
    {
      id: 'workflows-add',
      title: 'Add workflow',
      group: 'Workflows',
      keys: 'n',
      run: () => setAdding(true),
    },
    {
      id: 'workflows-import',
      title: 'Import a workflow…',
      group: 'Workflows',
      run: () => setImported(''),
    },
  ]);
  const isEmpty = state.status === 'ready' && state.items.length === 0;
  return (
    <main className={classes['page']} aria-label="Workflows" {...drop.handlers}>
      <PageHeader
        title="Workflows"
        actions={
          <>
            <TextInput
              aria-label="Search workflows"
              placeholder="Name, or an id from a webhook URL"
              leftSection={<IconSearch size={14} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              w={240}
            />
            <Button
              variant="default"
              leftSection={<IconFileImport size={15} aria-hidden />}
              onClick={() => setImported('')}
            >
              Import
            </Button>
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
              Add workflow
            </Button>
          </>
        }
      />
      {state.status === 'loading' && <LoadingState what="workflows" />}
      {state.status === 'failed' && (
        <ErrorState
          title="The workflows could not be read"
          reason={state.error?.message ?? ''}
          onRetry={list.refetch}
        />
      )}
      {isEmpty && q === '' ? (
        <EmptyState
          icon={<IconSitemap size={26} stroke={1.5} />}
          title="No workflows yet"
          action={<Button onClick={() => setAdding(true)}>Add workflow</Button>}
        >
          A workflow says what happens when a webhook arrives: draw its steps, activate it, and give its URL
          to whoever calls.
        </EmptyState>
      ) : null}
      {isEmpty && q !== '' ? (
        <EmptyState
          icon={<IconSearch size={26} stroke={1.5} />}
          title="No workflow matches"
          action={
            <Button variant="default" onClick={() => setSearch('')}>
              Clear the search
            </Button>
          }
        >
          Search by the name, the slug, or an id from a webhook URL.
        </EmptyState>
      ) : null}
      {state.status === 'ready' && state.items.length > 0 && (
        <WorkflowTable
          workflows={state.items}
          {...(state.cursor === null ? {} : { onMore: list.loadMore })}
          isLoadingMore={state.isLoadingMore}
        />
      )}
      {drop.isOver ? (
        <div className={classes['drop']} aria-hidden>
          Let go to import the workflow
        </div>
      ) : null}
      <AddWorkflowModal isOpen={isAdding} onClose={() => setAdding(false)} onAdded={open} />
      <ImportModal text={imported} onClose={() => setImported(null)} onImported={open} />
    </main>
  );
}

/** Files dragged onto the page. */
function useFileDrop(onText: (text: string) => void) {
  const [isOver, setOver] = useState(false);
  const onDrop = (event: DragEvent): void => {
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file === undefined) return;
    event.preventDefault();
    readFile(file).then(onText, (thrown: unknown) =>
      notifyFailure('The file could not be read', toFailure(thrown)),
    );
  };
  const handlers = {
    onDrop,
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget instanceof Node ? event.relatedTarget : null))
        setOver(false);
    },
  };
  return { isOver, handlers };
}

/** A workflow pasted while no field has the focus opens the import. */
function usePastedWorkflow(isListening: boolean, onText: (text: string) => void): void {
  useEffect(() => {
    if (!isListening) return;
    const onPaste = (event: ClipboardEvent): void => {
      const { target } = event;
      if (target instanceof HTMLElement && /^(input|textarea)$/i.test(target.tagName)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text.trimStart().startsWith('{')) onText(text);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [isListening, onText]);
}
