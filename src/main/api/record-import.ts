/**
 * Imports of records: a file is kept, looked at as a whole, and only then made into a job that writes its rows (SPEC 2).
 * A file with faults is not half imported by surprise: it is refused unless its faulty rows may be left out.
 */
import type { Context } from 'koa';
import { z } from 'zod';
import {
  importBytes,
  importQueryShape,
  type ImportReport,
  type ImportResult,
} from '../../shared/contract/records.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import type { EntityRow } from '../store/types.ts';
import { invalid, toInputIssues } from './issues.ts';
import { viewJob } from './jobs.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope } from './procedures.ts';
import { checkImport, type ImportKey } from './record-import-check.ts';
import { readRows, textOfFile } from './record-rows.ts';
import { keepUpload, readUpload } from './record-upload.ts';
import { isOn, requireEntity } from './record-views.ts';

const wishSchema = z.object(importQueryShape);
type Wish = z.infer<typeof wishSchema> & { readonly name: string };
type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Keeps a piece of a file. */
export async function importPiece(
  parts: ApiParts,
  input: { readonly name: string; readonly upload?: string | undefined; readonly text: string },
): Promise<{ upload: string; bytes: number }> {
  requireEntity(parts, input.name);
  return keepUpload(parts, [Buffer.from(input.text)], input.upload);
}

/** By which fields rows are known. @throws AppError `invalid` */
function keyOf(entity: EntityRow, { mode, key = '' }: Wish): ImportKey {
  const names = key
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (mode === 'insert') {
    if (names.length > 0) throw invalid([{ path: 'key', message: 'goes with the mode upsert' }]);
    return [];
  }
  if (names.length === 0) throw invalid([{ path: 'key', message: 'names the fields a record is known by' }]);
  if (names.length === 1 && names[0] === 'cuid') return names;
  const unknown = names.find((name) => !entity.fields.some((field) => field.name === name));
  if (unknown !== undefined) throw invalid([{ path: 'key', message: `${unknown} is no field` }]);
  return names;
}

/**
 * Looks at a file, and makes a job of it unless only that was asked for.
 * @throws AppError `invalid` with the faults of its rows, or with the line where it is no such file
 */
export async function importRecords(
  parts: ApiParts,
  wish: Wish,
  body: Pieces | undefined,
): Promise<ImportResult> {
  const { store, clock, jobs } = parts;
  const entity = requireEntity(parts, wish.name);
  const key = keyOf(entity, wish);
  if ((body === undefined) === (wish.upload === undefined))
    throw invalid([{ path: 'upload', message: 'Send a file, or name one that was sent.' }]);
  const { upload } = body === undefined ? { upload: wish.upload ?? '' } : await keepUpload(parts, body);
  const text = textOfFile(await readUpload(parts, upload));
  const report = await checkImport(parts, entity, readRows(text, wish.format, entity.fields), key);
  if (isOn(wish.dryRun)) return { report, upload, job: null };
  if (report.faulty > 0 && !isOn(wish.skipFaulty)) throw refusal(report, upload);
  const id = newId('job');
  const { rows } = report;
  const title = `Import ${rows} ${rows === 1 ? 'record' : 'records'} into ${wish.name}`;
  await store.write('startImport', {
    id,
    title,
    total: rows,
    entity: wish.name,
    upload,
    format: wish.format,
    key,
    at: clock.now(),
  });
  jobs.wake();
  return { report, upload, job: viewJob(parts, id) };
}

function refusal(report: ImportReport, upload: string): AppError {
  const issues = report.faults.map(({ line, path, message }) => ({
    path: path === '' ? `line ${line}` : `line ${line}: ${path}`,
    message,
  }));
  const { rows, faulty } = report;
  const message = `${faulty} of ${rows} rows can not be imported; nothing was. skipFaulty=true leaves them out.`;
  return new AppError({ code: 'invalid', message, details: { issues, report, upload } });
}

const importPath = /^\/v1\/entities\/([A-Za-z][A-Za-z0-9_]{0,59})\/import$/;

/**
 * Answers `POST /v1/entities/{name}/import` with the file as its body; false when it is another call.
 * @throws AppError `forbidden`, `unsupported_media_type`, `payload_too_large`, what `importRecords` throws
 */
export async function answerRecordImport(
  parts: ApiParts,
  ctx: Context,
  context: ApiContext,
): Promise<boolean> {
  const name = importPath.exec(ctx.path)?.[1];
  if (name === undefined || ctx.method !== 'POST') return false;
  try {
    if (!hasScope(context, 'admin')) throw new AppError({ code: 'forbidden' });
    const given = Object.fromEntries(new URLSearchParams(ctx.querystring));
    const format = ctx.is('json', '+json', 'ndjson') ? 'json' : 'csv';
    const read = wishSchema.strict().safeParse({ format, ...given });
    if (!read.success) throw invalid(toInputIssues(read.error.issues));
    const encoding = ctx.get('content-encoding').toLowerCase();
    if (encoding !== '' && encoding !== 'identity')
      throw new AppError({
        code: 'unsupported_media_type',
        message: 'Send the file without a content encoding.',
      });
    if ((ctx.request.length ?? 0) > importBytes)
      throw new AppError({ code: 'payload_too_large', message: 'A file to be imported has at most 50 MiB.' });
    const body: AsyncIterable<Uint8Array> = ctx.req;
    const result = await importRecords(
      parts,
      { ...read.data, name },
      read.data.upload === undefined ? body : undefined,
    );
    ctx.status = result.job === null ? 200 : 202;
    ctx.body = result;
    return true;
  } finally {
    // What was not read is thrown away as it comes: who is cut off while sending never reads the answer.
    ctx.req.resume();
  }
}

/** How HTTP takes the call: the file is the body, everything else stands in the query. */
export const recordImportRequest = {
  parameters: [
    { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'format', in: 'query', schema: { type: 'string', enum: ['csv', 'json'], default: 'csv' } },
    { name: 'mode', in: 'query', schema: { type: 'string', enum: ['insert', 'upsert'], default: 'insert' } },
    ...['key', 'upload'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    ...['dryRun', 'skipFaulty'].map((name) => ({ name, in: 'query', schema: { type: 'boolean' } })),
  ],
  requestBody: {
    required: false,
    content: {
      'text/csv': { schema: { type: 'string' } },
      'application/json': { schema: { type: 'array', items: { type: 'object' } } },
    },
  },
};
