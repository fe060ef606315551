/** Finds the one row of a worksheet that has certain values: what an upsert changes instead of adding another. */
import { AppError } from '../../shared/errors.ts';
import type { Condition } from '../../shared/model/record-filter.ts';
import { judgeValue, ownValue, type RecordData } from '../../shared/model/record-values.ts';
import { fieldsOf } from './entity-fields.ts';
import { selectRecords, type RecordColumns } from './record-rows.ts';
import { findRecords } from './records-query.ts';
import type { Sql } from './sql.ts';
import { walkNow } from './walk.ts';

/**
 * The one row whose key fields have the values of `data`.
 * @throws AppError `invalid` when a value is missing, `conflict` when several have them
 */
export function findByKey(
  sql: Sql,
  entity: string,
  key: readonly string[],
  data: RecordData,
): RecordColumns | undefined {
  const fields = fieldsOf(sql, entity);
  const filter = key.map((name): Condition => {
    const given = ownValue(data, name);
    const rule = fields.find((field) => field.rule.name === name)?.rule;
    if (given === undefined || given === null || given === '') {
      const issues = [{ path: name, message: 'is the key and needs a value' }];
      throw new AppError({
        code: 'invalid',
        message: `${name}: is the key and needs a value`,
        details: { issues },
      });
    }
    const verdict = rule === undefined ? undefined : judgeValue(rule, given, true);
    return { field: name, op: 'eq', value: verdict?.ok === true ? verdict.value : given };
  });
  const { items } = walkNow(findRecords(sql, { entity, filter, limit: 2 }));
  const [found, other] = items;
  if (found === undefined) return undefined;
  if (other !== undefined) {
    throw new AppError({
      code: 'conflict',
      message: `Several records of ${entity} have this ${key.join(', ')}: ${found.cuid}, ${other.cuid}.`,
      details: { field: key.join(', '), cuid: found.cuid },
    });
  }
  return sql.get<RecordColumns>(`${selectRecords} WHERE r.cuid = ?`, found.cuid);
}
