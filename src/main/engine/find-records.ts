/** How record steps look things up: as of the last commit, with pauses in which others have their turn. */
import { AppError } from '../../shared/errors.ts';
import type { StepContext } from '../steps/step.ts';
import type { Store } from '../store/open-store.ts';
import type { RecordRow } from '../store/types.ts';

const time = (at: number): string => new Date(at).toISOString();

function toOutput({ createdAt, updatedAt, ...row }: RecordRow): Readonly<Record<string, unknown>> {
  return { ...row, createdAt: time(createdAt), updatedAt: time(updatedAt) };
}

/** Makes `findRecords` of a step's context. */
export function createRecordSource(store: Store): StepContext['findRecords'] {
  return async ({ entity, where, sort, limit }) => {
    if (store.read.records.entity(entity) === undefined)
      throw new AppError({ code: 'record_not_found', message: `There is no entity ${entity}.` });
    try {
      const { items, nextCursor } = await store.read.records.find({ entity, filter: where, sort, limit });
      return { count: items.length, more: nextCursor !== null, items: items.map(toOutput) };
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'invalid') throw thrown;
      throw new AppError({ code: 'record_invalid', message: thrown.message, details: thrown.details });
    }
  };
}
