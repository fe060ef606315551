/**
 * Parses a sample into parameters and its form (SPEC 6): every field of the body with a name people can write and a path
 * that finds it again, then the query, then the headers that mean something. Never a credential, never a secret's value.
 */
import type { Parameter } from '../../../shared/model/endpoint.ts';
import type { HeaderList } from '../../../shared/model/request.ts';
import type { SampleShape } from '../../../shared/model/sample.ts';
import { groupByName } from '../body/named-values.ts';
import { isMeaningfulHeader, isSecretName, isSecretQuery, type SampleRules } from './meaningful.ts';
import { nameOf, pathOf, uniqueNames } from './path.ts';
import { readShape, typeOf } from './shape.ts';

/** What a sample is made of. */
export interface SampleContent {
  /** As the endpoint's style understands the body; null without one. */
  readonly payload: unknown;
  /** False where there are only texts (forms): their objects are files. */
  readonly isTyped: boolean;
  readonly query: ReadonlyArray<readonly [string, string]>;
  readonly headers: HeaderList;
}

export interface ParsedSample {
  readonly parameters: readonly Parameter[];
  readonly shape: SampleShape;
}

/** Parameters made out of one sample; the outermost come first when there are more fields. */
const mostParameters = 200;
const deepest = 8;
const longestPath = 1_000;
const longestName = 200;
/** Characters of an example. */
const longestExample = 200;
const longestJsonExample = 2_000;

/** A field on its way to becoming a parameter. */
interface Draft {
  readonly segments: readonly (string | number)[];
  readonly parameter: Omit<Parameter, 'name' | 'required'>;
}

/** Parses a sample. */
export function readSample(content: SampleContent, rules: SampleRules): ParsedSample {
  const { payload, query, headers } = withoutWords(content, rules);
  const body = bodyDrafts(payload, content.isTyped);
  const beside = [...queryDrafts(query), ...headerDrafts(headers, rules)];
  return { parameters: named(body, beside), shape: shapeOf(payload, query, rules) };
}

/** The form of a request, to be compared with that of the sample. */
export function readSampleShape(content: Omit<SampleContent, 'headers'>, rules: SampleRules): SampleShape {
  const { payload, query } = withoutWords({ ...content, headers: [] }, rules);
  return shapeOf(payload, query, rules);
}

function shapeOf(payload: unknown, query: SampleContent['query'], { mergesQuery }: SampleRules): SampleShape {
  // No body lacks all the fields of one.
  const body = payload ?? {};
  const beside = groupByName(query);
  if (!mergesQuery || typeof body !== 'object' || Array.isArray(body))
    return { body: readShape(body), query: readShape(beside) };
  const fields = [...Object.entries(beside), ...Object.entries(body)];
  return { body: readShape(Object.fromEntries(fields)), query: readShape({}) };
}

/** The content without what belongs to the style or to authentication. */
function withoutWords(content: SampleContent, { words, credentials }: SampleRules): SampleContent {
  const { payload } = content;
  const query = content.query.filter(([name]) => !credentials.query.has(name));
  if (words.size === 0 || typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return { ...content, query };
  // fromEntries defines own properties, whatever their name.
  const own = Object.fromEntries(Object.entries(payload).filter(([name]) => !words.has(name)));
  return { ...content, payload: own, query };
}

function bodyDrafts(payload: unknown, isTyped: boolean): readonly Draft[] {
  const drafts: Draft[] = [];
  if (payload === null || payload === undefined) return drafts;
  const visit = (value: unknown, segments: readonly (string | number)[]): void => {
    const isRootObject = segments.length === 0 && typeOf(value) === 'object';
    const draft = isRootObject ? undefined : bodyDraft(value, segments);
    if (draft !== undefined) drafts.push(draft);
    // An object among texts is a file.
    if (segments.length >= deepest || (segments.length > 0 && !isTyped)) return;
    if (Array.isArray(value)) {
      const first: unknown = value[0];
      if (typeOf(first) !== 'object') return;
      visitFields(first, [...segments, 0]);
    } else visitFields(value, segments);
  };
  const visitFields = (value: unknown, segments: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, field] of Object.entries(value)) visit(field, [...segments, key]);
  };
  visit(payload, []);
  return outermost(drafts);
}

function bodyDraft(value: unknown, segments: readonly (string | number)[]): Draft | undefined {
  const type = typeOf(value);
  // Of which type it would be is not to be seen, and a wrong guess would refuse requests.
  if (type === 'null') return undefined;
  const path = pathOf(segments);
  if (path.length > longestPath) return undefined;
  const example = segments.some((segment) => typeof segment === 'string' && isSecretName(segment))
    ? undefined
    : exampleOf(value);
  return { segments, parameter: { in: 'body', path, type, ...(example === undefined ? {} : { example }) } };
}

function queryDrafts(query: SampleContent['query']): readonly Draft[] {
  return Object.entries(groupByName(query)).flatMap(([key, value]): Draft[] => {
    if (key === '' || key.length > longestName) return [];
    return [{ segments: [key], parameter: textParameter('query', key, value) }];
  });
}

function headerDrafts(headers: HeaderList, rules: SampleRules): readonly Draft[] {
  const meaningful = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.length <= longestName && isMeaningfulHeader(name, rules));
  return [...new Map(meaningful)].map(([name, value]) => ({
    segments: [name],
    parameter: textParameter('header', name, value),
  }));
}

function textParameter(place: 'query' | 'header', key: string, value: unknown): Draft['parameter'] {
  const type = typeOf(value) === 'array' ? 'array' : typeOf(value) === 'date' ? 'date' : 'string';
  const example = isSecretQuery(key) ? undefined : exampleOf(value);
  return { in: place, path: key, type, ...(example === undefined ? {} : { example }) };
}

/** A value to show; undefined for what is too large, holds a secret, or is a file's contents. */
function exampleOf(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, longestExample).toWellFormed();
  return spend(value, longestJsonExample) < 0 ? undefined : value;
}

/** What showing a value leaves of so many characters; less than nothing when it is too large or holds a secret. */
function spend(value: unknown, characters: number): number {
  if (typeof value === 'string') return characters - value.length;
  if (typeof value !== 'object' || value === null) return characters - 1;
  let left = characters - 2;
  for (const [key, field] of Object.entries(value)) {
    left = isSecretName(key) ? -1 : spend(field, left - (Array.isArray(value) ? 1 : key.length));
    if (left < 0) break;
  }
  return left;
}

/** The first so many, the outermost before those inside of them, in the order they were sent. */
function outermost(drafts: readonly Draft[]): readonly Draft[] {
  if (drafts.length <= mostParameters) return drafts;
  const kept = new Set(
    drafts.toSorted((one, other) => one.segments.length - other.segments.length).slice(0, mostParameters),
  );
  return drafts.filter((draft) => kept.has(draft));
}

/** Outermost fields get the plain names; what is further inside gets a number where a name is taken. */
function named(body: readonly Draft[], beside: readonly Draft[]): readonly Parameter[] {
  const nextName = uniqueNames();
  const names = new Map<Draft, string>();
  const byRank = [
    ...body.filter(({ segments }) => segments.length < 2),
    ...beside,
    ...body.filter(({ segments }) => segments.length >= 2),
  ];
  for (const draft of byRank) names.set(draft, nextName(nameOf(draft.segments)));
  return [...body, ...beside].slice(0, mostParameters).map((draft) => ({
    name: names.get(draft) ?? nameOf(draft.segments),
    ...draft.parameter,
    required: false,
  }));
}
