/** Every text of a request that may be a key: header values, what follows their first word, queries, fields of the body. */
import type { HeaderList } from '../../../shared/model/request.ts';

export interface PresentedText {
  readonly place: 'header' | 'query' | 'body';
  readonly name: string;
  readonly text: string;
  /** The word before it, e.g. `Bearer`; empty where there is none. */
  readonly word: string;
}

interface Presenting {
  readonly raw: { readonly headers: HeaderList };
  readonly query: ReadonlyArray<readonly [string, string]>;
  readonly bodyFields?: () => ReadonlyArray<readonly [string, string]>;
}

const mostTexts = 300;
const longestText = 10_000;

/** The texts of a request, at most 300. */
export function presentedTexts({ raw, query, bodyFields }: Presenting): readonly PresentedText[] {
  return [
    ...raw.headers.flatMap(([name, value]) => textsOfHeader(name, value)),
    ...query.map(([name, text]) => whole('query', name, text)),
    ...(bodyFields?.() ?? []).map(([name, text]) => whole('body', name, text)),
  ]
    .filter(({ text }) => text !== '' && text.length <= longestText)
    .slice(0, mostTexts);
}

function whole(place: PresentedText['place'], name: string, text: string): PresentedText {
  return { place, name, text, word: '' };
}

function textsOfHeader(name: string, value: string): readonly PresentedText[] {
  const own = whole('header', name, value);
  const [, word = '', rest = ''] =
    /^(bearer|basic|token|apikey|api-key|key|hmac)[ :=]+(.+)$/is.exec(value) ?? [];
  if (rest === '') return [own];
  const behind = { ...own, text: rest, word };
  if (word.toLowerCase() !== 'basic') return [own, behind];
  const pair = Buffer.from(rest, 'base64').toString();
  const colon = pair.indexOf(':');
  const halves = colon < 0 ? [pair] : [pair.slice(0, colon), pair.slice(colon + 1), pair];
  return [own, behind, ...halves.map((text) => ({ ...behind, text }))];
}
