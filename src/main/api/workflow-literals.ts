/**
 * Credentials somebody typed into a step instead of naming a secret: `Authorization: Bearer sk_live…`. Documents are
 * shown to whoever edits them, but where they leave (export) or are compared, such texts are taken out or covered. Only
 * steps that send something out are looked at; a text with `{{ }}` is no literal.
 */
import { type DocumentDiff, documentDiffSchema } from '../../shared/model/diff.ts';
import type { WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { isSecretHeader, isSecretParameter } from '../base/credentials.ts';
import { findStep } from '../engine/kinds.ts';
import { maskSecret, maskUrl, noSecrets } from './masking.ts';

type Path = readonly (string | number)[];
type Fields = Record<string, unknown>;

/** A credential in the clear. */
export interface Literal {
  readonly nodeId: string;
  /** Inside the step's config. */
  readonly path: Path;
  readonly text: string;
  /** What stands in its place where it must not be seen. */
  readonly rest: string;
}

/** Settings of a step's own authentication that are no secret. */
const plainAuth = new Set(['scheme', 'name', 'username', 'user', 'in', 'provider']);
const secretSetting = /pass(?:word|wd)|secret|token|api_?key|credential/i;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every text inside a value, with its place. */
function textsIn(value: unknown, path: Path): readonly { readonly path: Path; readonly text: string }[] {
  if (typeof value === 'string') return value === '' || value.includes('{{') ? [] : [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, [...path, name]));
}

function textsNamed(
  value: unknown,
  path: Path,
  isSecret: (name: string) => boolean,
): ReturnType<typeof textsIn> {
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    isSecret(name) ? textsIn(item, [...path, name]) : [],
  );
}

function literalsOfNode({ id, type, config }: WorkflowNode): readonly Literal[] {
  if (findStep(type)?.definition.effect !== 'outward') return [];
  const { headers, query, auth, url, ...own } = config;
  const whole = [
    ...textsNamed(headers, ['headers'], isSecretHeader),
    ...textsNamed(query, ['query'], isSecretParameter),
    ...textsNamed(auth, ['auth'], (name) => !plainAuth.has(name)),
    ...textsNamed(own, [], (name) => secretSetting.test(name)),
  ].map(({ path, text }) => ({ nodeId: id, path, text, rest: '' }));
  const covered = typeof url === 'string' && !url.includes('{{') ? maskUrl(url, noSecrets) : url;
  if (typeof url !== 'string' || typeof covered !== 'string' || covered === url) return whole;
  return [...whole, { nodeId: id, path: ['url'], text: url, rest: covered }];
}

/** The credentials in the clear of a document. */
export function literalsOf(document: WorkflowDocument): readonly Literal[] {
  return document.nodes.flatMap(literalsOfNode);
}

function put(holder: unknown, [key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text;
  if (Array.isArray(holder))
    return holder.map((item: unknown, at) => (at === key ? put(item, rest, text) : item));
  if (!isFields(holder)) return holder;
  const entries = Object.entries(holder).map(([name, item]): [string, unknown] => [
    name,
    name === key ? put(item, rest, text) : item,
  ]);
  return Object.fromEntries(entries);
}

/** A copy of a document with other texts at these places; a place that is not there is passed over. */
export function withTexts(
  document: WorkflowDocument,
  texts: readonly { readonly nodeId: string; readonly path: Path; readonly text: string }[],
): WorkflowDocument {
  const nodes = document.nodes.map((node) => {
    const config = texts
      .filter(({ nodeId }) => nodeId === node.id)
      .reduce<unknown>((now, { path, text }) => put(now, path, text), node.config);
    return isFields(config) ? { ...node, config } : node;
  });
  return { ...document, nodes };
}

function coverTexts(data: unknown, covers: ReadonlyMap<string, string>): unknown {
  if (typeof data === 'string') return covers.get(data) ?? data;
  if (Array.isArray(data)) return data.map((item) => coverTexts(item, covers));
  if (!isFields(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([name, item]) => [name, coverTexts(item, covers)]));
}

/** A diff for showing: the credentials in the clear of both documents are covered wherever they stand in it. */
export function coverLiterals(diff: DocumentDiff, documents: readonly WorkflowDocument[]): DocumentDiff {
  const covers = new Map(
    documents
      .flatMap(literalsOf)
      .map(({ text, rest }) => [text, rest === '' ? maskSecret(text) : rest] as const),
  );
  return covers.size === 0 ? diff : documentDiffSchema.parse(coverTexts(diff, covers));
}
