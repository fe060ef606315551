/** The fields of an entity as the store keeps them: rules by which rows are judged, and where their index is. */
import { fieldTypes, type FieldRule, type FieldType } from '../../shared/model/record-values.ts';
import type { Sql } from './sql.ts';

export interface FieldRow {
  readonly seq: number;
  /** Whether rows can be found and sorted by it. */
  readonly isIndexed: boolean;
  readonly rule: FieldRule;
}

interface FieldColumns {
  readonly seq: number;
  readonly name: string;
  readonly type: string;
  readonly is_unique: number;
  readonly is_required: number;
  readonly fallback: string | null;
  readonly options: string | null;
  readonly reference: string | null;
  readonly path: string | null;
}

const isFieldType = (word: string): word is FieldType => fieldTypes.some((type) => type === word);

function readTexts(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
}

function toField(row: FieldColumns): FieldRow {
  const fallback: unknown = row.fallback === null ? undefined : JSON.parse(row.fallback);
  return {
    seq: row.seq,
    isIndexed: row.path !== null,
    rule: {
      name: row.name,
      type: isFieldType(row.type) ? row.type : 'json',
      ...(row.is_required === 1 ? { required: true } : {}),
      ...(row.is_unique === 1 ? { unique: true } : {}),
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(row.options === null ? {} : { options: readTexts(row.options) }),
      ...(row.reference === null ? {} : { entity: row.reference }),
    },
  };
}

/** The fields of an entity in their order; none for an entity there is not. */
export function fieldsOf(sql: Sql, entity: string): readonly FieldRow[] {
  return sql
    .all<FieldColumns>(
      `SELECT seq, name, type, is_unique, is_required, fallback, options, reference, path FROM entity_fields
       WHERE entity = ? ORDER BY position`,
      entity,
    )
    .map(toField);
}

/** Where the value of a field is in the data; null where it is not indexed: JSON, and names no path can hold. */
export function pathOf({ name, type }: Pick<FieldRule, 'name' | 'type'>): string | null {
  return type === 'json' || /["\\]/.test(name) ? null : `$."${name}"`;
}

/** Whether there is such an entity. */
export function hasEntity(sql: Sql, name: string): boolean {
  return sql.get('SELECT 1 FROM entities WHERE name = ?', name) !== undefined;
}
