/**
 * Record steps: find at once, all others by telling the engine what is to be done when the step is settled, so that it
 * is done in that transaction and exactly once (SPEC 9).
 */
import { AppError } from '../../../shared/errors.ts';
import type { StepDefinition } from '../../../shared/model/catalog.ts';
import type { RecordPick } from '../../../shared/model/record-effect.ts';
import { newId } from '../../base/ids.ts';
import type { ConfigFault, StepContext, StepKind } from '../step.ts';
import {
  createDefinition,
  deleteDefinition,
  findDefinition,
  updateDefinition,
  upsertDefinition,
} from './definitions.ts';
import { readWhere } from './where.ts';

const usualLimit = 100;
const mostRecords = 1_000;

function invalid(message: string): AppError {
  return new AppError({ code: 'record_invalid', message });
}

const entityOf = ({ config }: StepContext): string =>
  typeof config['entity'] === 'string' ? config['entity'] : '';

async function dataOf({ config, render }: StepContext): Promise<Readonly<Record<string, unknown>>> {
  const data = await render(config['data']);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw invalid('The values are no object of fields.');
  return Object.fromEntries(Object.entries(data));
}

async function limitOf({ config, render }: StepContext): Promise<number> {
  const given = await render(config['limit'] ?? usualLimit);
  const limit = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= mostRecords)
    return limit;
  throw invalid('The limit is no number from 1 to 1,000.');
}

const isLeftOut = (value: unknown): boolean => value === undefined || value === '';

/** Which records are meant: that of `cuid`, or those that fit `where`. */
async function pickOf(context: StepContext): Promise<RecordPick> {
  const { config, render } = context;
  if (!isLeftOut(config['cuid'])) {
    const cuid = await render(config['cuid']);
    if (typeof cuid === 'string' && cuid !== '') return { cuid };
    throw invalid('The id of the record is empty.');
  }
  const where = readWhere(await render(config['where']));
  // Conditions that come to nothing are a mistake, not a wish to have every record.
  if (where.length === 0) throw invalid('There are no conditions.');
  return { where, limit: await limitOf(context) };
}

function checkPick(config: Readonly<Record<string, unknown>>): readonly ConfigFault[] {
  const hasCuid = !isLeftOut(config['cuid']);
  const { where } = config;
  const hasWhere = !isLeftOut(where) && where !== null && JSON.stringify(where).length > 2;
  if (hasCuid && hasWhere) return [{ path: 'where', message: 'Give a record or conditions, not both.' }];
  return hasCuid || hasWhere ? [] : [{ path: 'cuid', message: 'Give a record or conditions.' }];
}

function keyOf({ config }: StepContext): readonly string[] {
  const { key } = config;
  if (typeof key === 'string') return [key];
  return Array.isArray(key) ? key.map(String) : [];
}

type Run = StepKind['run'];
type Check = NonNullable<StepKind['check']>;
const kind = (definition: StepDefinition, run: Run, check?: Check): StepKind => ({
  definition,
  run,
  ...(check === undefined ? {} : { check }),
});

export const createRecordStep = kind(createDefinition, async (context) => {
  const [entity, data] = [entityOf(context), await dataOf(context)];
  return { record: { kind: 'create', entity, cuid: newId('rec'), data }, input: { entity, data } };
});

export const findRecordsStep = kind(findDefinition, async (context) => {
  const { config, render } = context;
  const entity = entityOf(context);
  const where = readWhere(await render(config['where']));
  const given = await render(config['sort']);
  const sort = typeof given === 'string' && given !== '' ? given : undefined;
  const limit = await limitOf(context);
  const input = { entity, where, ...(sort === undefined ? {} : { sort }), limit };
  return { output: await context.findRecords({ entity, where, sort, limit }), input };
});

export const updateRecordStep = kind(
  updateDefinition,
  async (context) => {
    const [entity, pick, data] = [entityOf(context), await pickOf(context), await dataOf(context)];
    return { record: { kind: 'update', entity, pick, data }, input: { entity, ...pick, data } };
  },
  checkPick,
);

export const upsertRecordStep = kind(upsertDefinition, async (context) => {
  const [entity, key, data] = [entityOf(context), keyOf(context), await dataOf(context)];
  return {
    record: { kind: 'upsert', entity, key, data, cuid: newId('rec') },
    input: { entity, key, data },
  };
});

export const deleteRecordStep = kind(
  deleteDefinition,
  async (context) => {
    const [entity, pick] = [entityOf(context), await pickOf(context)];
    return { record: { kind: 'delete', entity, pick }, input: { entity, ...pick } };
  },
  checkPick,
);
