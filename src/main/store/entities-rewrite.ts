/**
 * What a change of an entity's fields makes of its rows (SPEC 2): each is brought into its new form, or named as what
 * stands in the way. Writes nothing.
 */
import { AppError } from '../../shared/errors.ts';
import { judgeValue, ownValue, type FieldRule, type RecordData } from '../../shared/model/record-values.ts';
import type { FieldRow } from './entity-fields.ts';
import type { Sql } from './sql.ts';

/** Rows named for one fault. */
const mostNamed = 5;

/** A field as it is to be; `was`: the name it has until now. */
export interface WantedField extends FieldRule {
  readonly was?: string | undefined;
}

/** What becomes of a field that there is. */
export interface FieldChange {
  readonly from: FieldRow;
  /** Null: it goes. */
  readonly to: FieldRule | null;
  readonly position: number;
}

/** Whether whatever fitted the one rule fits the other. */
export function isAsGood(from: FieldRule, to: FieldRule): boolean {
  return (
    from.type === to.type &&
    from.entity === to.entity &&
    (from.options ?? []).every((option) => to.options?.includes(option)) &&
    (to.required !== true || from.required === true) &&
    (to.unique !== true || from.unique === true)
  );
}

/** Notes rows that stand in the way, some by name. */
function createFaults() {
  const faults = new Map<string, { message: string; count: number; cuids: string[] }>();
  return {
    faults,
    add(path: string, message: string, cuid: string): void {
      const known = faults.get(path) ?? { message, count: 0, cuids: [] };
      known.count += 1;
      if (known.cuids.length < mostNamed) known.cuids.push(cuid);
      faults.set(path, known);
    },
  };
}

/** Brings rows into their new form, and finds what stands against it. */
export function createRewriting(
  sql: Sql,
  fields: readonly WantedField[],
  changes: readonly FieldChange[],
  isForced: boolean,
) {
  const { faults, add } = createFaults();
  const lost = createFaults();
  const seen = new Map<string, Map<unknown, string>>();
  const isSettled = fields.map((rule) => {
    const from = changes.find(({ to }) => to === rule)?.from.rule;
    return from !== undefined && isAsGood(from, rule);
  });
  let twice: AppError | undefined;

  function requireAlone(rule: FieldRule, value: unknown, cuid: string): void {
    const values = seen.get(rule.name) ?? new Map<unknown, string>();
    const other = values.get(value);
    seen.set(rule.name, values.set(value, cuid));
    if (other === undefined || twice !== undefined) return;
    const message = `${rule.name} can not be unique: ${other} and ${cuid} have the same value.`;
    twice = new AppError({ code: 'conflict', message, details: { field: rule.name, cuid: other } });
  }

  function isThere(rule: FieldRule, value: unknown): boolean {
    return (
      rule.type !== 'reference' ||
      sql.get('SELECT 1 FROM records WHERE cuid = ? AND entity = ?', String(value), rule.entity ?? '') !==
        undefined
    );
  }

  /** The value a field has after the change; undefined for none. */
  function valueAfter(index: number, rule: FieldRule, given: unknown, cuid: string): unknown {
    const value = given ?? (rule.required === true ? rule.default : undefined);
    if (value === undefined || value === null) {
      if (rule.required === true) add(`fields[${index}].required`, 'must have a value', cuid);
      return undefined;
    }
    const verdict = judgeValue(rule, value, true);
    const isGood = verdict.ok && isThere(rule, verdict.value);
    if (!isGood) {
      add(`fields[${index}].type`, verdict.ok ? 'must name a record' : verdict.message, cuid);
      return value;
    }
    if (rule.unique === true) requireAlone(rule, verdict.value, cuid);
    return verdict.value;
  }

  return {
    apply(cuid: string, before: RecordData): RecordData {
      const values = new Map(Object.entries(before));
      for (const { from, to } of changes) {
        const { name } = from.rule;
        if (to?.name === name) continue;
        if (to === null && ownValue(before, name) !== undefined) lost.add(name, '', cuid);
        values.delete(name);
      }
      for (const [index, rule] of fields.entries()) {
        const given = ownValue(before, rule.was ?? rule.name);
        const value = isSettled[index] === true ? given : valueAfter(index, rule, given, cuid);
        if (value === undefined) values.delete(rule.name);
        else values.set(rule.name, value);
      }
      return Object.fromEntries(values);
    },
    /** @throws AppError for what was found */
    refuse(): void {
      const issues = [...faults].map(([path, { message, count, cuids }]) => {
        const rows = count === 1 ? '1 record' : `${count} records`;
        return {
          path,
          message: `${message}; not so in ${rows}: ${cuids.join(', ')}${count > cuids.length ? ', …' : ''}`,
        };
      });
      const [first] = issues;
      if (first !== undefined)
        throw new AppError({
          code: 'invalid',
          message: `${first.path}: ${first.message}`,
          details: { issues },
        });
      if (twice !== undefined) throw twice;
      const [gone] = lost.faults;
      if (gone === undefined || isForced) return;
      const [field, { count }] = gone;
      const message = `Removing ${field} deletes its value in ${count} records; force=true does it.`;
      throw new AppError({ code: 'conflict', message, details: { field, count } });
    },
  };
}
