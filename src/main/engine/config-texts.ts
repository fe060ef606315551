/**
 * The expressions and templates inside a step's config, by the rule of SPEC 8: fields that hold bare JSONata, and every
 * other text as a template. Read by the check before a commit and by the graph to know what a step needs.
 */
import { parsePlainPath } from '../../shared/expression/plain-path.ts';
import { splitTemplate } from '../../shared/expression/template.ts';
import type { Field } from '../../shared/fields.ts';
import { findStep } from './kinds.ts';

export interface ConfigText {
  /** Path inside the config. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly kind: 'expression' | 'template';
  /** Whether `{{secrets.NAME}}` may stand in it. */
  readonly allowsSecrets: boolean;
}

type Path = readonly (string | number)[];

function templatesIn(value: unknown, path: Path, allowsSecrets: boolean): ConfigText[] {
  if (typeof value === 'string') return [{ path, text: value, kind: 'template', allowsSecrets }];
  if (Array.isArray(value))
    return value.flatMap((item, index) => templatesIn(item, [...path, index], allowsSecrets));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => templatesIn(item, [...path, name], allowsSecrets));
}

function textsOfField(field: Field, value: unknown, path: Path, allowsSecrets: boolean): ConfigText[] {
  switch (field.kind) {
    case 'expression':
      return typeof value === 'string'
        ? [{ path, text: value, kind: 'expression', allowsSecrets: false }]
        : [];
    case 'template':
    case 'map':
    case 'json':
    case 'number':
      return templatesIn(value, path, allowsSecrets);
    case 'group': {
      const group: Readonly<Record<string, unknown>> =
        typeof value === 'object' && value !== null ? { ...value } : {};
      return field.fields.flatMap((one) =>
        textsOfField(one, group[one.name], [...path, one.name], allowsSecrets),
      );
    }
    case 'rows':
      return (Array.isArray(value) ? value : []).flatMap((row: unknown, index) => {
        const group: Readonly<Record<string, unknown>> =
          typeof row === 'object' && row !== null ? { ...row } : {};
        return field.fields.flatMap((one) =>
          textsOfField(one, group[one.name], [...path, index, one.name], allowsSecrets),
        );
      });
    case 'text':
    case 'code':
    case 'boolean':
    case 'select':
    case 'secret':
    case 'list':
      return [];
  }
}

/** Reads an own property along a path. */
function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (holder, key) =>
      typeof holder === 'object' && holder !== null
        ? Object.getOwnPropertyDescriptor(holder, key)?.value
        : undefined,
    value,
  );
}

/** Texts of a webhook node: it has its own schema instead of fields. */
const webhookExpressions: readonly Path[] = [['filter'], ['correlation', 'run'], ['correlation', 'request']];
const webhookTemplates: readonly Path[] = [
  ['dedupe', 'key'],
  ['response', 'body'],
  ['handshake', 'body'],
];

function textsOfWebhook(config: Readonly<Record<string, unknown>>): ConfigText[] {
  const expressions = webhookExpressions.flatMap((path) => {
    const text = at(config, path);
    return typeof text === 'string' && text !== ''
      ? [{ path, text, kind: 'expression' as const, allowsSecrets: false }]
      : [];
  });
  return [...expressions, ...webhookTemplates.flatMap((path) => templatesIn(at(config, path), path, false))];
}

/** Every expression and template of a step's config, with its path. */
export function configTexts(type: string, config: Readonly<Record<string, unknown>>): readonly ConfigText[] {
  if (type === 'webhook') return textsOfWebhook(config);
  const kind = findStep(type);
  if (kind === undefined) return [];
  const allowing = new Set(kind.secretFields ?? []);
  return kind.definition.fields.flatMap((field) =>
    textsOfField(field, config[field.name], [field.name], allowing.has(field.name)),
  );
}

/** Names at the top of the scope; `all` when it can not be told which. */
export type Roots = ReadonlySet<string> | 'all';

function expressionsOf(text: ConfigText): readonly string[] {
  if (text.kind === 'expression') return [text.text];
  return splitTemplate(text.text).flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
}

/** Which names of the scope a step's config reads. Anything but plain paths counts as reading all of it. */
export function rootsReadBy(type: string, config: Readonly<Record<string, unknown>>): Roots {
  if (type === 'code') return 'all';
  const roots = new Set<string>();
  try {
    for (const expression of configTexts(type, config).flatMap(expressionsOf)) {
      const first = parsePlainPath(expression)?.[0];
      if (first === undefined) return 'all';
      roots.add(first.name);
    }
  } catch {
    // A template that can not be split fails when the step is reached, with its own message.
    return 'all';
  }
  return roots;
}
