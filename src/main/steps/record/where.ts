/**
 * Conditions as people write them in a step: `{"status": "open"}`, `{"amount": {"gte": 5, "lt": 9}}`, a list of
 * `{field, op, value}`, or an expression that gives one of these.
 */
import { AppError } from '../../../shared/errors.ts';
import { filterSchema } from '../../../shared/model/record.ts';
import { conditionOps, type Condition, type ConditionOp } from '../../../shared/model/record-filter.ts';

const isOp = (word: string): word is ConditionOp => conditionOps.some((op) => op === word);
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function conditionsOf(field: string, wanted: unknown): readonly Condition[] {
  if (Array.isArray(wanted)) return [{ field, op: 'in', value: wanted }];
  const ops: readonly (readonly [string, unknown])[] = isObject(wanted) ? Object.entries(wanted) : [];
  if (ops.length > 0 && ops.every(([op]) => isOp(op)))
    return ops.flatMap(([op, value]) => (isOp(op) ? [{ field, op, value }] : []));
  return [{ field, op: 'eq', value: wanted }];
}

/** Reads rendered conditions; nothing is none. @throws AppError `record_invalid` */
export function readWhere(value: unknown): readonly Condition[] {
  if (value === undefined || value === null || value === '') return [];
  const list = isObject(value)
    ? Object.entries(value).flatMap(([field, wanted]) => conditionsOf(field, wanted))
    : value;
  const read = filterSchema.safeParse(list);
  if (read.success) return read.data;
  throw new AppError({
    code: 'record_invalid',
    message: 'The conditions are neither {"field": value} nor a list of {field, op, value}.',
  });
}
