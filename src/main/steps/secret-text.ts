/**
 * Texts that hold named secrets. A template is split BEFORE anything is rendered, so a payload that contains
 * `{{secrets.NAME}}` as data stays data, and what is stored names secrets without ever holding a value (SPEC 7).
 */
import { splitTemplate, textOf } from '../../shared/expression/template.ts';
import { templateSecrets } from '../../shared/expression/template-secrets.ts';
import type { StepContext } from './step.ts';

/** Rendered text and, between, the places of secrets. */
export type SecretText = ReadonlyArray<string | { readonly secret: string }>;

/** Gives the value of a named secret. */
export type SecretSource = (name: string) => string;

/** What rendering needs of a step's context. */
export type Renderer = Pick<StepContext, 'evaluate' | 'render'>;

/** Renders a template around its secrets; anything but a text is rendered and read as text. */
export async function renderSecretText(template: unknown, renderer: Renderer): Promise<SecretText> {
  if (typeof template !== 'string') return [textOf(await renderer.render(template))];
  const parts: (string | { secret: string })[] = [];
  for (const part of splitTemplate(template)) {
    const [secret] = part.kind === 'text' ? [] : templateSecrets(`{{${part.expression}}}`);
    if (secret !== undefined) parts.push({ secret });
    else parts.push(part.kind === 'text' ? part.text : textOf(await renderer.evaluate(part.expression)));
  }
  return parts;
}

/** A value of which texts may hold secrets: what may be shown of it, and what is sent. */
export interface SecretValue {
  shown(): unknown;
  sent(source: SecretSource): unknown;
}

/** Renders a template value around its secrets; without any, the rendered value keeps its type and identity. */
export async function renderSecretValue(template: unknown, renderer: Renderer): Promise<SecretValue> {
  if (templateSecrets(template).length === 0) {
    const value = await renderer.render(template);
    return { shown: () => value, sent: () => value };
  }
  if (Array.isArray(template)) {
    const items = await Promise.all(template.map((item) => renderSecretValue(item, renderer)));
    return {
      shown: () => items.map((item) => item.shown()),
      sent: (source) => items.map((item) => item.sent(source)),
    };
  }
  if (typeof template === 'object' && template !== null) {
    const fields = await Promise.all(
      Object.entries(template).map(
        async ([name, item]) => [name, await renderSecretValue(item, renderer)] as const,
      ),
    );
    return {
      shown: () => Object.fromEntries(fields.map(([name, item]) => [name, item.shown()])),
      sent: (source) => Object.fromEntries(fields.map(([name, item]) => [name, item.sent(source)])),
    };
  }
  const text = await renderSecretText(template, renderer);
  return { shown: () => shownText(text), sent: (source) => sentText(text, source) };
}

/** The text as the run may keep it: secrets by name. */
export function shownText(text: SecretText): string {
  return text.map((part) => (typeof part === 'string' ? part : `{{secrets.${part.secret}}}`)).join('');
}

/** The text as it is sent. */
export function sentText(text: SecretText, source: SecretSource): string {
  return text.map((part) => (typeof part === 'string' ? part : source(part.secret))).join('');
}
