/** Names a text field may offer while one types. A page that knows them hands them down; without, none are offered. */
import { createContext, useContext } from 'react';
import type { Field } from '../../shared/fields.ts';

/** What `suggest` of a text field stands for. */
export type ChoiceKind = NonNullable<Extract<Field, { readonly kind: 'text' }>['suggest']>;

/** Names by what they are of. */
export type FieldChoices = Partial<Readonly<Record<ChoiceKind, readonly string[]>>>;

export const FieldChoicesContext = createContext<FieldChoices>({});

/** The names to offer; undefined for a field that offers none. */
export function useChoices(kind: ChoiceKind | undefined): readonly string[] | undefined {
  const choices = useContext(FieldChoicesContext);
  if (kind === 'timeZones') return timeZones;
  return kind === undefined ? undefined : (choices[kind] ?? []);
}

const timeZones: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];
