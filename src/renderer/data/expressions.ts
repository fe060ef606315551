/** Expressions while they are written: what they can use at a step, and what they give there. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import { defineMirror } from './mirror.ts';

/** What an expression at a step of the stored draft can use: of the newest run, else of the sample. */
export const expressionScope = defineMirror<
  { readonly workflow: string; readonly node: string },
  Awaited<ReturnType<HookyardClient['expressions']['scope']>>
>({
  topics: ['workflows', 'runs', 'endpoints'],
  gapMs: 2_000,
  read: (client, input, signal) => client.expressions.scope(input, { signal }),
});

/** What an expression or template gives at a step. */
export const expressionPreview = defineMirror<
  {
    readonly workflow: string;
    readonly node: string;
    readonly expression?: string;
    readonly template?: string;
  },
  Awaited<ReturnType<HookyardClient['expressions']['preview']>>
>({
  topics: [],
  read: (client, input, signal) => client.expressions.preview(input, { signal }),
});
