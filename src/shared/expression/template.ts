/**
 * Templates: text with `{{ expression }}` parts (SPEC 7). Splitting needs a scanner that knows JSONata's tokens, because
 * an expression may hold braces (`{{ {"a": {"b": 1}} }}`), quotes (`"}}"`), comments and regular expressions.
 * A stray `}}` outside an expression is text: JSON bodies are full of them. A literal `{{` is written `{{ "{{" }}`.
 */
import { expressionError } from './expression-error.ts';

/** Literal text of a template. */
export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

/** One `{{ }}` of a template: the trimmed expression and where it starts in the template. */
export interface ExpressionPart {
  readonly kind: 'expression';
  readonly expression: string;
  readonly position: number;
}

export type TemplatePart = TextPart | ExpressionPart;

const WHITESPACE = ' \t\n\r\v';
/** The characters that end a name in JSONata. */
const OPERATORS = '.[]{}(),@#;:?+-*/%|=<>^&!~';

function isNameEnd(char: string): boolean {
  return WHITESPACE.includes(char) || OPERATORS.includes(char);
}

/** Offset behind the next `mark`, or -1. */
function skipTo(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? -1 : at + mark.length;
}

/** Offset behind the closing quote of the string that starts at `from`, or -1. */
function skipString(text: string, from: number): number {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === quote) return at + 1;
  }
  return -1;
}

/** Offset behind the `/` that ends the regular expression starting at `from`, as JSONata finds it, or -1. */
function skipRegex(text: string, from: number): number {
  let depth = 0;
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === '/' && depth === 0) return at + 1;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
  }
  return -1;
}

/** Offset behind the token that starts at `from` when it is one that may hide braces, else `from`; -1: never ends. */
function skipOpaque(text: string, from: number, isOperandBefore: boolean): number {
  const char = text.charAt(from);
  if (char === '"' || char === "'") return skipString(text, from);
  if (char === '`') return skipTo(text, '`', from + 1);
  if (char !== '/') return from;
  if (text.charAt(from + 1) === '*') return skipTo(text, '*/', from + 2);
  return isOperandBefore ? from : Math.max(from, skipRegex(text, from));
}

/** Offset of the `}}` that closes the expression starting at `from`, or -1. */
function findClose(text: string, from: number): number {
  let depth = 0;
  // After an operand `/` divides, after an operator it opens a regular expression.
  let isOperandBefore = false;
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (WHITESPACE.includes(char)) {
      at++;
      continue;
    }
    if (char === '}' && depth === 0 && text.charAt(at + 1) === '}') return at;
    const behind = skipOpaque(text, at, isOperandBefore);
    if (behind === -1) return -1;
    if (behind > at) {
      const isComment = text.startsWith('/*', at);
      isOperandBefore = isComment ? isOperandBefore : true;
      at = behind;
    } else if (OPERATORS.includes(char)) {
      if (char === '{') depth++;
      if (char === '}' && depth > 0) depth--;
      // `*` and `%` where a value is due are the wildcard and the parent, values themselves.
      isOperandBefore = ')]}'.includes(char) || ('*%'.includes(char) && !isOperandBefore);
      at++;
    } else {
      const start = at;
      while (at < text.length && !isNameEnd(text.charAt(at))) at++;
      const word = text.slice(start, at);
      isOperandBefore = !(isOperandBefore && (word === 'and' || word === 'or' || word === 'in'));
    }
  }
  return -1;
}

/**
 * Splits a template into its parts, in order; text parts are never empty.
 * @throws AppError `expression_invalid` with `{position, reason}` when a `{{` is never closed or holds nothing.
 */
export function splitTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf('{{', at);
    if (open === -1) break;
    const close = findClose(template, open + 2);
    if (close === -1) {
      throw expressionError('expression_invalid', { position: open, reason: 'This {{ is never closed' });
    }
    const inner = template.slice(open + 2, close);
    const expression = inner.trim();
    if (expression === '') {
      throw expressionError('expression_invalid', {
        position: open,
        reason: 'Nothing stands between {{ and }}',
      });
    }
    if (open > at) parts.push({ kind: 'text', text: template.slice(at, open) });
    parts.push({ kind: 'expression', expression, position: open + 2 + inner.indexOf(expression) });
    at = close + 2;
  }
  if (at < template.length) parts.push({ kind: 'text', text: template.slice(at) });
  return parts;
}

/** The expression of a template that is only one expression, with nothing but whitespace around: its value keeps its type. */
export function soleExpression(parts: readonly TemplatePart[]): ExpressionPart | undefined {
  let sole: ExpressionPart | undefined;
  for (const part of parts) {
    if (part.kind === 'expression') {
      if (sole !== undefined) return undefined;
      sole = part;
    } else if (part.text.trim() !== '') {
      return undefined;
    }
  }
  return sole;
}

/** A value as it stands inside text: strings as they are, no value as nothing, everything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
}
