/** How the editor looks: the page's own colours, so that light and dark need no second theme. */
import {
  Decoration,
  type DecorationSet,
  EditorView,
  type Extension,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@uiw/react-codemirror';

/** Font, colours, the frame of the completion list. */
export const editorLook: readonly Extension[] = [
  EditorView.theme({
    '&': { fontSize: '0.75rem', backgroundColor: 'transparent', color: 'var(--hy-text)' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': {
      fontFamily: 'var(--mantine-font-family-monospace)',
      lineHeight: '19px',
    },
    '.cm-content': { padding: '5px 0', caretColor: 'var(--hy-text)' },
    '.cm-line': { padding: '0 9px' },
    '.cm-cursor': { borderLeftColor: 'var(--hy-text)' },
    '.cm-gutters': {
      backgroundColor: 'transparent',
      border: 'none',
      color: 'var(--hy-text-dim)',
    },
    '.cm-placeholder': { color: 'var(--hy-text-dim)' },
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
      backgroundColor: 'color-mix(in srgb, var(--hy-accent) 28%, transparent) !important',
    },
    '.cm-matchingBracket, .cm-nonmatchingBracket': {
      backgroundColor: 'color-mix(in srgb, var(--hy-accent) 20%, transparent)',
      outline: 'none',
    },
    '.cm-tooltip': {
      backgroundColor: 'var(--hy-bg)',
      border: '1px solid var(--hy-border)',
      borderRadius: '6px',
      overflow: 'hidden',
    },
    '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mantine-font-family-monospace)' },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      backgroundColor: 'var(--hy-bg-selected)',
      color: 'var(--hy-text)',
    },
    '.cm-completionDetail': { color: 'var(--hy-text-dim)', fontStyle: 'normal', marginLeft: '1em' },
    '.cm-expression': {
      color: 'var(--hy-code-key)',
      backgroundColor: 'color-mix(in srgb, var(--hy-accent) 10%, transparent)',
      borderRadius: '3px',
    },
    '.cm-specialChar': { color: 'var(--hy-wait)' },
  }),
];

const expression = Decoration.mark({ class: 'cm-expression' });
const finder = new MatchDecorator({ regexp: /\{\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\}/g, decoration: expression });

/** Tints every `{{ … }}` of a template. */
export const templateMarks: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = finder.createDeco(view);
    }

    update(update: ViewUpdate): void {
      this.decorations = finder.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
