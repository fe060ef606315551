/** What the editor offers while one types: names from the sample and from the steps before. */
import { EditorState, type Extension } from '@uiw/react-codemirror';

/** Something one can write in an expression. */
export interface Suggestion {
  /** What is written, e.g. `trigger.data.order.id`. */
  readonly label: string;
  /** Its present or example value, short. */
  readonly detail?: string;
  readonly info?: string;
  readonly kind?: 'variable' | 'function' | 'property';
}

interface Context {
  readonly pos: number;
  readonly explicit: boolean;
  readonly state: EditorState;
  readonly matchBefore: (pattern: RegExp) => { from: number; to: number; text: string } | null;
}

/** Offers suggestions; in a template only between `{{` and `}}`, and `{{` itself opens them. */
export function completeFrom(suggestions: readonly Suggestion[], isTemplate: boolean): Extension {
  const source = (context: Context) => {
    const word = context.matchBefore(/[\w$.[\]`]*/);
    if (word === null) return null;
    const before = context.state.sliceDoc(Math.max(0, context.pos - 2_000), context.pos);
    const isInside = !isTemplate || before.lastIndexOf('{{') > before.lastIndexOf('}}');
    if (!isInside || (word.from === word.to && !context.explicit && !/\{\{\s*$/.test(before))) return null;
    return {
      from: word.from,
      options: suggestions.map(({ label, detail, info, kind = 'variable' }) => ({
        label,
        type: kind,
        ...(detail === undefined ? {} : { detail }),
        ...(info === undefined ? {} : { info }),
      })),
      validFor: /^[\w$.[\]`]*$/,
    };
  };
  return EditorState.languageData.of(() => [{ autocomplete: source }]);
}
