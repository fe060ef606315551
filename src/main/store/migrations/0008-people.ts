/** What else than requests starts and resumes runs: schedules, other workflows, people's words; and notifications. */
import type { Migration } from './migration.ts';

export const people: Migration = {
  version: 8,
  name: 'people, schedules and children',
  sql: `
-- Where runs come from that no request started. Runs a request started have no row.
CREATE TABLE run_origins (
  run_seq INTEGER PRIMARY KEY,
  -- 'manual', 'api', 'schedule', 'workflow' or 'failure'.
  kind TEXT NOT NULL,
  -- The step that called it, or the run whose failure it is told.
  parent_seq INTEGER,
  parent_step_seq INTEGER,
  -- 1: that step waits for its end.
  awaited INTEGER NOT NULL DEFAULT 0,
  -- How many runs called one another down to this one.
  depth INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX run_origins_parent ON run_origins (parent_seq) WHERE parent_seq IS NOT NULL;
CREATE TRIGGER runs_leave_no_origins AFTER DELETE ON runs
  BEGIN DELETE FROM run_origins WHERE run_seq = OLD.seq; END;

-- Questions that wait for a person are steps that wait.
CREATE INDEX steps_approval ON steps (seq) WHERE status = 'waiting' AND wait_kind = 'approval';

-- The schedules of what is live. next_at NULL: to be computed from since_at, or, with 'ended', never again.
CREATE TABLE schedules (
  workflow_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  cron TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  since_at INTEGER NOT NULL,
  next_at INTEGER,
  ended INTEGER NOT NULL DEFAULT 0,
  -- The instant it last came for, and when its run was made.
  last_at INTEGER,
  fired_at INTEGER,
  PRIMARY KEY (workflow_id, node_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedules_next ON schedules (next_at);

CREATE TABLE notifications (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  message TEXT NOT NULL,
  run_id TEXT NOT NULL,
  step_seq INTEGER NOT NULL,
  workflow_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
CREATE INDEX notifications_step ON notifications (step_seq);
CREATE INDEX notifications_unread ON notifications (seq) WHERE read_at IS NULL;
`,
};
