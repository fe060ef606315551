/** Works off imports of records: reads on in each file where its job stands, and hands the store some rows at a time. */
import { toAppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import type { JobRow } from '../store/jobs-read.ts';
import type { ImportedRow } from '../store/imports.ts';
import type { ApiParts } from './parts.ts';
import { type FileRow, readRows, textOfFile } from './record-rows.ts';
import { dropUpload, readUpload, sweepUploads } from './record-upload.ts';
import { requireEntity } from './record-views.ts';

/** Rows of one commit: few enough that those beside them wait some milliseconds. */
const atOnce = 100;

export interface ImportWorker {
  /** Writes the next rows of a job; false: nothing can be taken now. Never rejects but for defects. */
  advance(job: JobRow): Promise<boolean>;
  /** Forgets what it has read. */
  close(): void;
}

interface OpenFile {
  readonly upload: string;
  /** Rows handed out until now. */
  taken: number;
  next(count: number): Promise<readonly FileRow[]>;
}

/** Makes the worker. */
export function createImportWorker(parts: ApiParts): ImportWorker {
  const { store, clock } = parts;
  const open = new Map<string, OpenFile>();

  async function openFile(jobId: string): Promise<OpenFile | undefined> {
    const row = store.read.imports.byJob(jobId);
    if (row === undefined) return undefined;
    const known = open.get(jobId);
    if (known !== undefined && known.taken === row.rowsDone) return known;
    const text = textOfFile(await readUpload(parts, row.upload));
    const { fields } = requireEntity(parts, row.entity);
    const file = fileOf(row.upload, readRows(text, row.format === 'json' ? 'json' : 'csv', fields).pieces());
    // From the beginning to where the job stands: the same file gives the same rows.
    while (file.taken < row.rowsDone) {
      const some = await file.next(Math.min(1_000, row.rowsDone - file.taken));
      if (some.length === 0) break;
    }
    open.set(jobId, file);
    return file;
  }

  function forget(jobId: string): void {
    const file = open.get(jobId);
    open.delete(jobId);
    if (file !== undefined) dropUpload(parts, file.upload);
  }

  async function advance(job: JobRow): Promise<boolean> {
    const file = await openFile(job.id);
    if (file === undefined) {
      forget(job.id);
      await store.write('endJob', {
        id: job.id,
        state: 'failed',
        error: 'Its file is gone.',
        at: clock.now(),
      });
      return true;
    }
    const from = file.taken;
    const rows = await file.next(atOnce);
    if (rows.length === 0) {
      await store.write('endJob', { id: job.id, state: 'done', at: clock.now() });
      forget(job.id);
      return true;
    }
    try {
      await store.write('importRows', { jobId: job.id, from, rows: rows.map(toImported), at: clock.now() });
    } catch (thrown) {
      // Whether they were written is told by the store when the file is opened again.
      open.delete(job.id);
      throw thrown;
    }
    return true;
  }

  /** Files of jobs that were cancelled. */
  function forgetEnded(): void {
    for (const id of open.keys()) {
      const state = store.read.jobs.byId(id)?.state;
      if (state !== 'queued' && state !== 'running') forget(id);
    }
    sweepUploads(parts);
  }

  return {
    async advance(job) {
      try {
        return await advance(job);
      } catch (thrown) {
        if (toAppError(thrown).code === 'storage_unavailable') return false;
        forget(job.id);
        throw thrown;
      } finally {
        forgetEnded();
      }
    },
    close: () => open.clear(),
  };
}

function fileOf(upload: string, pieces: AsyncGenerator<readonly FileRow[], void, void>): OpenFile {
  let rest: readonly FileRow[] = [];
  let isOver = false;
  const file: OpenFile = {
    upload,
    taken: 0,
    async next(count) {
      while (rest.length < count && !isOver) {
        const piece = await pieces.next();
        if (piece.done === true) isOver = true;
        else rest = [...rest, ...piece.value];
      }
      const some = rest.slice(0, count);
      rest = rest.slice(count);
      file.taken += some.length;
      return some;
    },
  };
  return file;
}

function toImported(row: FileRow): ImportedRow {
  const { line, data, cuid = null, fault = null } = row;
  return { line, data, cuid, fault, newCuid: newId('rec') };
}
