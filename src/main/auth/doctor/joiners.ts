/** What callers join with the body before signing: templates senders use, and how they are told in words. */
import { signedPieces, type SignedParts } from '../signed-text.ts';

/** Templates over the parts of a request, the usual one first. `{params}` are a form's fields, sorted, names and values. */
export const joiners: readonly string[] = [
  '{body}',
  '{timestamp}.{body}',
  '{timestamp}{body}',
  '{timestamp}:{body}',
  'v0:{timestamp}:{body}',
  '{timestamp}|{body}',
  '{timestamp}-{body}',
  '{timestamp},{body}',
  '{timestamp}\n{body}',
  '{body}{timestamp}',
  '{body}.{timestamp}',
  '{id}.{timestamp}.{body}',
  '{id}{timestamp}{body}',
  '{id}.{body}',
  '{timestamp}.{id}.{body}',
  '{url}{body}',
  '{url}.{body}',
  '{url}',
  '{body}{url}',
  '{url}{params}',
  '{method}{url}{body}',
  '{method}{url}{body}{timestamp}',
  '{timestamp}{method}{url}{body}',
];

/** Parts of a request, with the sorted fields of a form. */
export interface JoinedParts extends SignedParts {
  readonly params: string;
}

/** The bytes a template stands for, piece by piece. */
export function joinedPieces(template: string, parts: JoinedParts): readonly (string | Uint8Array)[] {
  return template.split('{params}').flatMap((part, at) => {
    const pieces = part === '' ? [] : signedPieces(part, parts);
    return at === 0 ? pieces : [parts.params, ...pieces];
  });
}

/** The fields of a form as Twilio joins them. */
export function sortedParams(pairs: ReadonlyArray<readonly [string, string]>): string {
  const sorted = pairs.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return [...new Set(sorted.map(([name, value]) => name + value))].join('');
}

const words: Readonly<Record<string, string>> = {
  '{body}': 'the body as received',
  '{timestamp}': 'the timestamp',
  '{id}': 'the id of the delivery',
  '{url}': 'the URL',
  '{method}': 'the method',
  '{params}': 'the fields of the form in order',
  '\n': 'a line break',
};

/** A template in words, e.g. `the timestamp, ".", the body as received`. */
export function joinerInWords(template: string): string {
  return template
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => words[piece] ?? `"${piece}"`)
    .join(', ');
}
