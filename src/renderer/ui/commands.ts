/**
 * Commands: one object per thing a person can do, read by the keyboard, the palette and the list of keys. Whoever is
 * on screen registers its own with `useCommands`; the last one registered wins a key.
 */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Heading in the palette and the list of keys, e.g. "Requests". */
  readonly group: string;
  /** One key (`j`, `?`, `Enter`), with modifiers (`mod+s`), or two in a row (`g r`). */
  readonly keys?: string;
  /** Further words that find it. */
  readonly words?: string;
  /** Only a key, not listed in the palette. */
  readonly isHidden?: boolean;
  /** While a field is typed in, the key is the field's own, e.g. its undo. */
  readonly isFieldFirst?: boolean;
  readonly run: () => void;
}

interface CommandState {
  readonly sets: ReadonlyMap<object, readonly Command[]>;
}

export const useCommandStore = create<CommandState>(() => ({ sets: new Map() }));

/** Every command on screen; later ones hide earlier ones of the same id. */
export function listCommands(sets: CommandState['sets']): readonly Command[] {
  const byId = new Map<string, Command>();
  for (const set of sets.values()) for (const command of set) byId.set(command.id, command);
  return [...byId.values()];
}

/** Registers commands while the component is on screen. Their `run` may change with every render. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = commands
    .map(({ id, title, keys = '', group }) => `${id}|${title}|${keys}|${group}`)
    .join('\n');
  useEffect(() => {
    const token = {};
    const stable = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find(({ id }) => id === command.id)?.run(),
    }));
    useCommandStore.setState(({ sets }) => ({ sets: new Map(sets).set(token, stable) }));
    return () =>
      useCommandStore.setState(({ sets }) => {
        const rest = new Map(sets);
        rest.delete(token);
        return { sets: rest };
      });
    // The shape says whether the list itself changed; what the commands do is read through the ref.
  }, [shape]);
}

/** Whether the keyboard belongs to a field just now. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

const isMac = /mac os x/i.test(globalThis.navigator?.userAgent ?? '');

/** `mod` as people know it on their machine. */
export function nameKeys(keys: string): readonly string[] {
  return keys
    .split(' ')
    .flatMap((chord) => chord.split('+'))
    .map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key === 'shift' ? 'Shift' : key));
}

function chordOf(event: KeyboardEvent): string {
  const parts = [];
  const isMod = event.metaKey || event.ctrlKey;
  if (isMod) parts.push('mod');
  if (event.altKey) parts.push('alt');
  // Without Ctrl a printed character already tells whether Shift was held.
  if (event.shiftKey && (isMod || event.key.length > 1)) parts.push('shift');
  parts.push(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  return parts.join('+');
}

const sequenceMs = 900;

/** Listens to the keyboard for all commands; the returned function ends it. Used once, by the frame. */
export function listenToKeys(): () => void {
  let first: { readonly chord: string; readonly at: number } | null = null;
  // A dialog in front owns the keyboard, also for the key that closes it: looked for before it can be gone.
  let isOwned = false;
  const onKeyFirst = (): void => {
    isOwned = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = chordOf(event);
    const isInField = isTyping(event.target);
    if (isInField && !chord.startsWith('mod+')) return;
    if (isOwned) return;
    const pair = first !== null && Date.now() - first.at < sequenceMs ? `${first.chord} ${chord}` : null;
    const commands = listCommands(useCommandStore.getState().sets).filter(
      ({ keys, isFieldFirst }) => keys !== undefined && !(isInField && isFieldFirst === true),
    );
    const match =
      commands.findLast(({ keys }) => keys === pair) ?? commands.findLast(({ keys }) => keys === chord);
    const isBeginning = commands.some(({ keys }) => keys?.startsWith(`${chord} `));
    first = isBeginning && match === undefined ? { chord, at: Date.now() } : null;
    if (match === undefined) return;
    event.preventDefault();
    match.run();
  };
  window.addEventListener('keydown', onKeyFirst, { capture: true });
  window.addEventListener('keydown', onKey);
  return () => {
    window.removeEventListener('keydown', onKeyFirst, { capture: true });
    window.removeEventListener('keydown', onKey);
  };
}
