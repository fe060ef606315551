/** Reads bulk jobs and what they have yet to do. */
import type { JobKind, JobMode, JobState } from '../../shared/model/job.ts';
import { isOfRuns, jobKindSchema, jobModeSchema, jobStateSchema } from '../../shared/model/job.ts';
import { Conditions, cursorSeq, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import type { Sql } from './sql.ts';
import type { Page } from './types.ts';

export interface JobRow {
  readonly seq: number;
  readonly id: string;
  readonly kind: JobKind;
  readonly mode: JobMode;
  readonly title: string;
  readonly state: JobState;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Sentence of the last item that failed, or of what ended the job. */
  readonly lastError: string | null;
}

/** One request or run a job has yet to do. */
export interface JobItem {
  readonly itemSeq: number;
  /** Of the request or run; null: it is no longer kept. */
  readonly itemId: string | null;
}

type JobColumns = Omit<JobRow, 'kind' | 'mode' | 'state'> & Record<'kind' | 'mode' | 'state', string>;

const selectJobs = `SELECT seq, id, kind, mode, title, state, total, succeeded, failed, created_at AS createdAt,
  started_at AS startedAt, finished_at AS finishedAt, last_error AS lastError FROM jobs`;

function toJob(row: JobColumns): JobRow {
  return {
    ...row,
    kind: jobKindSchema.parse(row.kind),
    mode: jobModeSchema.parse(row.mode),
    state: jobStateSchema.parse(row.state),
  };
}

/** The reads of jobs. */
export function readJobs(sql: Sql) {
  return {
    /** Newest first. */
    list(query: PageQuery & { readonly state?: JobState | undefined }): Page<JobRow> {
      const conditions = new Conditions()
        .add("state <> 'gathering'")
        .add('seq < ?', cursorSeq(query.cursor))
        .addIf('state = ?', query.state);
      const rows = sql.all<JobColumns>(
        `${selectJobs} ${conditions.where} ORDER BY seq DESC LIMIT ?`,
        ...conditions.values,
        query.limit + 1,
      );
      return toPage(rows, query.limit, toJob);
    },
    byId(id: string): JobRow | undefined {
      const row = sql.get<JobColumns>(`${selectJobs} WHERE id = ? AND state <> 'gathering'`, id);
      return row === undefined ? undefined : toJob(row);
    },
    /** Those that have something to do, oldest first. */
    live: (): readonly JobRow[] =>
      sql.all<JobColumns>(`${selectJobs} WHERE state IN ('queued', 'running') ORDER BY seq`).map(toJob),
    /** What a job has yet to do, the oldest first. */
    items: ({ seq, kind }: Pick<JobRow, 'seq' | 'kind'>, limit: number): readonly JobItem[] =>
      sql.all<JobItem>(
        `SELECT i.item_seq AS itemSeq, r.id AS itemId
         FROM job_items AS i LEFT JOIN ${isOfRuns(kind) ? 'runs' : 'requests'} AS r ON r.seq = i.item_seq
         WHERE i.job_seq = ? ORDER BY i.item_seq LIMIT ?`,
        seq,
        limit,
      ),
  };
}
