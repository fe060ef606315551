/**
 * The sentence under a step's name: the definition's `summary` with its `{field}` slots filled from the config. Plain
 * text, shortened; whatever it holds is shown as text only.
 */
import type { Field } from '../../../../shared/fields.ts';
import type { StepDefinition } from '../../../../shared/model/catalog.ts';

const maxSlotLength = 120;

/** Says what a configured step does; null while nothing that the sentence speaks of is set. */
export function sentenceOf(
  definition: Pick<StepDefinition, 'summary' | 'fields'>,
  config: Readonly<Record<string, unknown>>,
): string | null {
  let hasSlot = false;
  let isFilled = false;
  const text = definition.summary.replace(/\{([A-Za-z0-9_.]+)\}/g, (_slot, path: string) => {
    hasSlot = true;
    const words = wordsOf(valueAt(config, path), definition.fields, path);
    if (words !== '') isFilled = true;
    return words === '' && isRequired(definition.fields, path) ? '…' : words;
  });
  if (hasSlot && !isFilled) return null;
  const sentence = text.replace(/\s+/g, ' ').trim();
  return sentence === '' ? null : sentence;
}

function isRequired(fields: readonly Field[], path: string): boolean {
  return fields.some((field) => field.name === path && field.required === true);
}

function valueAt(config: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

function wordsOf(given: unknown, fields: readonly Field[], path: string): string {
  const field = fields.find((candidate) => candidate.name === path);
  const value = given ?? (field !== undefined && 'default' in field ? field.default : undefined);
  if (value === undefined || value === null || value === '') return '';
  if (field?.kind === 'secret') return '••••';
  if (field?.kind === 'select') {
    return field.options.find((option) => option.value === value)?.label ?? textOf(value);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return shorten(value.map((item) => wordsOf(item, [], '')).join(', '));
  if (typeof value === 'object') return shorten(Object.keys(value).join(', '));
  return textOf(value);
}

function textOf(value: unknown): string {
  return shorten(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > maxSlotLength ? `${line.slice(0, maxSlotLength - 1)}…` : line;
}
