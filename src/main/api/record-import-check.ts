/** Looks at a file before it is imported: what every row would do, and which rows can not be taken and why. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { ImportReport } from '../../shared/contract/records.ts';
import { applyData, ownValue, type FieldRule } from '../../shared/model/record-values.ts';
import type { EntityRow, RecordRow } from '../store/types.ts';
import { AppError } from '../../shared/errors.ts';
import type { ApiParts } from './parts.ts';
import type { FileRow, RowReader } from './record-rows.ts';

/** Faults told. */
const mostTold = 100;
/** Most rows of one file. */
const mostRows = 1_000_000;
const turnMs = 5;

interface Fault {
  readonly path: string;
  readonly message: string;
}

/** How rows find the records they change; none: every row is a new record. */
export type ImportKey = readonly string[];

const faultSchema = z.array(z.object({ path: z.string(), message: z.string() }));

/** What the store would say of a row. */
function faultsIn(error: AppError): readonly Fault[] {
  const told = faultSchema.safeParse(error.details['issues']);
  return told.success ? told.data : [{ path: '', message: error.message }];
}

const cuidForm = /^[A-Za-z0-9_-]{1,40}$/;

/** Judges every row. @throws AppError `invalid` when the file can not be read at all */
export async function checkImport(
  { store }: Pick<ApiParts, 'store'>,
  entity: EntityRow,
  reader: RowReader,
  key: ImportKey,
): Promise<ImportReport> {
  const { records } = store.read;
  const seen = new Map<string, number>();
  const found: { line: number; path: string; message: string }[] = [];
  let [rows, faulty, creates, updates] = [0, 0, 0, 0];

  /** The record a row changes. */
  function known(row: FileRow): RecordRow | undefined {
    if (key.length === 0) return undefined;
    if (key[0] === 'cuid') return row.cuid === undefined ? undefined : records.byCuid(entity.name, row.cuid);
    return records.byKey(entity.name, key, row.data);
  }

  /** A value that is to be unique: in the file before, or in another record. */
  function takenBy(rule: FieldRule, value: unknown, line: number, own: string | undefined): Fault[] {
    const mark = `${rule.name} ${JSON.stringify(value)}`;
    const before = seen.get(mark);
    seen.set(mark, before ?? line);
    if (before !== undefined && !key.includes(rule.name))
      return [{ path: rule.name, message: `has the value of line ${before}` }];
    const other = records.ownerOf(entity.name, rule.name, value);
    return other === undefined || other === own
      ? []
      : [{ path: rule.name, message: `has the value of the record ${other}` }];
  }

  function faultsOf(row: FileRow, record: RecordRow | undefined): readonly Fault[] {
    if (row.fault !== undefined) return [{ path: '', message: row.fault }];
    if (row.cuid !== undefined && !cuidForm.test(row.cuid))
      return [{ path: 'cuid', message: 'can not be an id' }];
    const { data, faults } = applyData(entity.fields, record?.data ?? null, row.data, true);
    if (faults.length > 0) return faults;
    if (key.length === 0 && row.cuid !== undefined && records.hasCuid(row.cuid))
      return [{ path: 'cuid', message: 'is the id of a record that exists' }];
    return entity.fields.flatMap((rule) => {
      const value = ownValue(data, rule.name);
      if (value === undefined) return [];
      const named = rule.type === 'reference' && typeof value === 'string' ? value : undefined;
      if (named !== undefined && records.byCuid(rule.entity ?? '', named) === undefined)
        return [{ path: rule.name, message: `names no record of ${rule.entity ?? ''}` }];
      return rule.unique === true ? takenBy(rule, value, row.line, record?.cuid) : [];
    });
  }

  function judge(row: FileRow): void {
    rows += 1;
    if (rows > mostRows)
      throw new AppError({ code: 'invalid', message: 'A file has at most 1,000,000 rows.' });
    let faults: readonly Fault[];
    let record: RecordRow | undefined;
    try {
      record = row.fault === undefined ? known(row) : undefined;
      faults = faultsOf(row, record);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      faults = faultsIn(thrown);
    }
    if (faults.length > 0) faulty += 1;
    else if (record === undefined) creates += 1;
    else updates += 1;
    for (const { path, message } of faults)
      if (found.length < mostTold) found.push({ line: row.line, path, message });
  }

  let pausedAt = performance.now();
  for await (const piece of reader.pieces()) {
    for (const row of piece) {
      judge(row);
      if (performance.now() - pausedAt < turnMs) continue;
      await nextTurn();
      pausedAt = performance.now();
    }
  }
  const good = rows - faulty;
  return { rows, good, faulty, creates, updates, columns: [...reader.columns()], faults: found };
}
