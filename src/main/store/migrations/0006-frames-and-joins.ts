/**
 * Rounds of loops (frames) and steps that gather branches (joins). All indexes are partial or on tables of their own: a
 * run without either pays for none of it.
 */
import type { Migration } from './migration.ts';

export const framesAndJoins: Migration = {
  version: 6,
  name: 'frames and joins',
  sql: `
-- The round of a loop a step stands in; NULL: the run itself.
ALTER TABLE steps ADD COLUMN frame_seq INTEGER;
-- Of a join: the steps that have arrived, as a list of seqs.
ALTER TABLE steps ADD COLUMN arrivals TEXT;
CREATE INDEX steps_frame ON steps (frame_seq) WHERE frame_seq IS NOT NULL;
CREATE INDEX steps_join ON steps (run_seq, frame_seq, node_id) WHERE type = 'join';

-- What a loop that has begun needs to begin its next round.
CREATE TABLE loops (
  step_seq INTEGER PRIMARY KEY,
  run_seq INTEGER NOT NULL,
  count INTEGER NOT NULL,
  -- 1: a failure inside ends its round only.
  catches INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX loops_run ON loops (run_seq);

CREATE TABLE frames (
  seq INTEGER PRIMARY KEY,
  run_seq INTEGER NOT NULL,
  loop_step_seq INTEGER NOT NULL,
  -- The frame its loop stands in.
  parent_seq INTEGER,
  idx INTEGER NOT NULL,
  -- queued, running, succeeded, failed or cancelled.
  status TEXT NOT NULL,
  open_steps INTEGER NOT NULL DEFAULT 0,
  last_step_seq INTEGER,
  error TEXT,
  item TEXT NOT NULL
) STRICT;
CREATE INDEX frames_run ON frames (run_seq);
CREATE INDEX frames_loop ON frames (loop_step_seq, status);
CREATE INDEX frames_parent ON frames (parent_seq) WHERE parent_seq IS NOT NULL;

-- A wait inside a loop is to come once in every round.
DROP TRIGGER runs_leave_no_waits;
DROP INDEX coming_correlation;
DROP INDEX coming_token;
ALTER TABLE coming_waits RENAME TO coming_waits_before;
CREATE TABLE coming_waits (
  run_seq INTEGER NOT NULL,
  node_id TEXT NOT NULL,
  -- 0: the run itself; for a node inside a loop the row of the run stands for the rounds yet to begin.
  frame_seq INTEGER NOT NULL DEFAULT 0,
  workflow_id TEXT NOT NULL,
  -- NULL: not known before the run is there; '': it has none.
  correlation TEXT,
  token_hash TEXT,
  -- 1: to come, 2: reached, 0: the run has ended without coming there.
  state INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (run_seq, node_id, frame_seq)
) STRICT, WITHOUT ROWID;
INSERT INTO coming_waits (run_seq, node_id, workflow_id, correlation, token_hash, state)
  SELECT run_seq, node_id, workflow_id, correlation, token_hash, state FROM coming_waits_before;
DROP TABLE coming_waits_before;
CREATE INDEX coming_correlation ON coming_waits (workflow_id, node_id, correlation) WHERE state = 1;
CREATE INDEX coming_token ON coming_waits (token_hash) WHERE token_hash IS NOT NULL;
CREATE TRIGGER runs_leave_nothing AFTER DELETE ON runs
  BEGIN
    DELETE FROM coming_waits WHERE run_seq = OLD.seq;
    DELETE FROM loops WHERE run_seq = OLD.seq;
    DELETE FROM frames WHERE run_seq = OLD.seq;
  END;
`,
};
