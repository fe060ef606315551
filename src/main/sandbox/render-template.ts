/**
 * Fills templates: strings, and lists and objects of them at any depth (object keys are not templates). Each expression is
 * evaluated once, and what it gives is never looked at as a template again, whatever a caller wrote into it.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import {
  soleExpression,
  splitTemplate,
  type TemplatePart,
  textOf,
} from '../../shared/expression/template.ts';
import { createRecentMap } from './recent-map.ts';

/** Most text one rendering may make, in characters: as much as the largest body. */
const MAX_RENDERED_LENGTH = 32 * 1024 * 1024;

/** One expression of a template, and where: the keys to its string and its position there. */
export interface Placeholder {
  readonly expression: string;
  readonly position: number;
  readonly path: readonly string[];
}

interface SplitText {
  readonly parts: readonly TemplatePart[];
  readonly isSole: boolean;
}

const splits = createRecentMap<string, SplitText>(2000);

function split(template: string): SplitText {
  const known = splits.get(template);
  if (known !== undefined) return known;
  const parts = splitTemplate(template);
  const fresh = { parts, isSole: soleExpression(parts) !== undefined };
  splits.set(template, fresh);
  return fresh;
}

/**
 * The placeholders of a template, in the order `fillTemplate` asks for them.
 * @throws AppError `expression_invalid`.
 */
export function findPlaceholders(template: unknown): readonly Placeholder[] {
  const found: Placeholder[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'string') {
      if (!value.includes('{{')) return;
      for (const part of splitAt(value, path).parts)
        if (part.kind === 'expression') found.push({ ...part, path });
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, String(index)]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    }
  };
  visit(template, []);
  return found;
}

function splitAt(template: string, path: readonly string[]): SplitText {
  try {
    return split(template);
  } catch (error) {
    throw locateFault(error, { position: 0, path });
  }
}

/** An expression's error, told where in the template it stands. */
export function locateFault(thrown: unknown, at: Pick<Placeholder, 'position' | 'path'>): AppError {
  const error = toAppError(thrown);
  const { position, reason } = error.details;
  const place = typeof position === 'number' ? at.position + position : undefined;
  const isPlaced = place !== undefined && place > 0 && typeof reason === 'string';
  return new AppError({
    code: error.code,
    message: isPlaced ? `${reason} (at character ${place})` : error.message,
    reason: error.reason,
    details: {
      ...error.details,
      ...(place === undefined ? {} : { position: place }),
      ...(at.path.length > 0 ? { path: at.path.join('.') } : {}),
    },
    cause: error,
  });
}

/**
 * A copy of the template with every placeholder replaced by the next of `values`. A string that is only one expression
 * becomes its value; a key without a value is left out, a list item without one becomes null.
 * @throws AppError `sandbox_limit` above 32 MiB of text.
 */
export function fillTemplate(template: unknown, values: readonly unknown[]): unknown {
  let next = 0;
  let length = 0;
  const fillText = (text: string): unknown => {
    const { parts, isSole } = split(text);
    if (isSole) return values[next++];
    let filled = '';
    for (const part of parts) {
      const piece = part.kind === 'text' ? part.text : textOf(values[next++]);
      length += piece.length;
      if (length > MAX_RENDERED_LENGTH) {
        throw new AppError({ code: 'sandbox_limit', message: 'The filled text is larger than 32 MiB' });
      }
      filled += piece;
    }
    return filled;
  };
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return value.includes('{{') ? fillText(value) : value;
    if (Array.isArray(value)) return value.map((item) => fill(item) ?? null);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, fill(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };
  return fill(template);
}
