/**
 * Runs that are held until a slot of their workflow is free, workflows that are paused, runs of whose outside effect
 * nobody knows whether it happened; jobs about runs as well as about requests.
 */
import type { Migration } from './migration.ts';

export const slots: Migration = {
  version: 7,
  name: 'slots',
  sql: `
-- 1: queued, and not to be taken up before a slot of its workflow is free. 2: has given its slot back until it tries a
-- step again.
ALTER TABLE runs ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_held ON runs (held, workflow_id, seq) WHERE held <> 0;

-- 1: no run of it begins; those that have begun go on.
ALTER TABLE workflows ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;

-- 1: a try of one of its outward steps was cut off, and may have happened or not.
ALTER TABLE runs ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_in_doubt ON runs (seq) WHERE in_doubt = 1;

-- What repeats a run keeps what that run was resumed by.
CREATE INDEX runs_retried ON runs (retry_of) WHERE retry_of IS NOT NULL;

-- Of a request or a run, by the kind of the job.
ALTER TABLE job_items RENAME COLUMN request_seq TO item_seq;
CREATE INDEX job_items_item ON job_items (item_seq);
`,
};
