/**
 * Keys that mean the chosen steps, and the clipboard. They belong to the canvas whenever no field is being typed in and
 * no dialog is in front; copy and paste use the browser's own events, so they need no permission and meet other programs.
 */
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { edgeId } from '../graph/edges.ts';
import { copySteps, pasteSteps, readDocument } from '../graph/fragment.ts';
import { splitSecrets, withoutSecrets } from '../graph/secrets.ts';
import { type OpenWorkflow, useOpenWorkflow } from './editor-context.ts';

/** Removes what is chosen: steps are healed over, edges just go. */
export function removeSelection({ editor }: OpenWorkflow): void {
  const { selection, history } = editor.store.getState();
  const edges = history.present.edges.filter((edge) => selection.edgeIds.includes(edgeId(edge)));
  if (selection.nodeIds.length === 0 && edges.length === 0) return;
  editor.edit({ type: 'remove', nodeIds: selection.nodeIds, edges });
  editor.select({ nodeIds: [], edgeIds: [] });
}

/** The chosen steps as text; null when none is. */
export function chosenText({ editor }: OpenWorkflow): string | null {
  const { history, selection } = editor.store.getState();
  return copySteps(history.present, selection.nodeIds);
}

/** Pastes text from the clipboard or says why it can not; text that is no workflow at all is left alone. */
export function pasteText(open: OpenWorkflow, text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  const reading = readDocument(text);
  if (!reading.ok) {
    notifications.show({ color: 'red', title: 'This can not be pasted', message: reading.message });
    return true;
  }
  const { editor, kinds } = open;
  const edit = pasteSteps(
    editor.store.getState().history.present,
    withoutSecrets(reading.document, kinds.catalog),
    null,
  );
  editor.edit(edit);
  if (edit.type !== 'paste') return true;
  for (const [at, { type, config }] of reading.document.nodes.entries()) {
    const { secrets } = splitSecrets(type, config, kinds.catalog);
    const id = edit.nodes[at]?.id;
    // Masks are what a copy shows in place of secrets; anything else was written by hand and is meant.
    if (id !== undefined && secrets !== null && !JSON.stringify(secrets).includes('••••'))
      editor.addSecrets(id, secrets);
  }
  editor.select({ nodeIds: edit.nodes.map((node) => node.id), edgeIds: [] });
  return true;
}

/** Listens for as long as the editor is on screen and may be edited. */
export function useEditorKeys(isReadOnly: boolean): void {
  const open = useOpenWorkflow();
  useEffect(() => {
    const { editor, workbench } = open;
    const onKey = (event: KeyboardEvent): void => {
      const hasModifier = event.metaKey || event.ctrlKey || event.altKey || event.shiftKey;
      const action = hasModifier || !isCanvasTurn(event) ? undefined : actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action(event);
    };
    const openFocused = (event: KeyboardEvent): void => {
      const card = event.target instanceof Element ? event.target.closest('.react-flow__node') : null;
      const id = card?.getAttribute('data-id') ?? editor.store.getState().selection.nodeIds.at(-1);
      if (id !== undefined) workbench.openStep(id);
    };
    const actions: Partial<Record<string, (event: KeyboardEvent) => void>> = isReadOnly
      ? {}
      : {
          Enter: openFocused,
          Delete: () => removeSelection(open),
          Backspace: () => removeSelection(open),
          Escape: () => editor.select({ nodeIds: [], edgeIds: [] }),
        };
    const onCopy = (event: ClipboardEvent): void => {
      if (!isCanvasTurn(event) || !window.getSelection()?.isCollapsed) return;
      const text = chosenText(open);
      if (text === null || event.clipboardData === null) return;
      event.preventDefault();
      event.clipboardData.setData('text/plain', text);
      if (event.type === 'cut' && !isReadOnly) removeSelection(open);
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (isReadOnly || !isCanvasTurn(event)) return;
      if (pasteText(open, event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
    };
    window.addEventListener('keydown', onKey, true);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKey, true);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [open, isReadOnly]);
}

/** Whether a key or clipboard event is meant for the canvas. */
function isCanvasTurn(event: Event): boolean {
  if (event.defaultPrevented) return false;
  if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return false;
  const { target } = event;
  if (!(target instanceof HTMLElement || target instanceof SVGElement)) return true;
  if (target instanceof HTMLElement && target.isContentEditable) return false;
  if (/^(input|textarea|select)$/i.test(target.tagName)) return false;
  // Enter on a button is the button's own, and on an edge it chooses the edge.
  const isPress = event instanceof KeyboardEvent && ['Enter', 'Escape'].includes(event.key);
  return !(
    isPress && target.closest('button, a, .react-flow__edge, [role^="menu"], [role="option"]') !== null
  );
}
