/**
 * Bulk jobs with what they have yet to do; the waits live runs are on their way to; what failed triggers are grouped,
 * linked and explained by.
 */
import type { Migration } from './migration.ts';

export const jobsAndComingWaits: Migration = {
  version: 5,
  name: 'jobs and coming waits',
  sql: `
CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  mode TEXT NOT NULL,
  title TEXT NOT NULL,
  -- 'gathering' until all its items are named; one left so by the end of the process is dropped.
  state TEXT NOT NULL,
  total INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  last_error TEXT
) STRICT;

-- What a job has yet to do; an item is gone in the transaction that counts it.
CREATE TABLE job_items (
  job_seq INTEGER NOT NULL,
  request_seq INTEGER NOT NULL,
  PRIMARY KEY (job_seq, request_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE coming_waits (
  run_seq INTEGER NOT NULL,
  node_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  -- NULL: not known before the run is there; '': it has none.
  correlation TEXT,
  token_hash TEXT,
  -- 1: to come, 2: reached, 0: the run has ended without coming there.
  state INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (run_seq, node_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX coming_correlation ON coming_waits (workflow_id, node_id, correlation) WHERE state = 1;
CREATE INDEX coming_token ON coming_waits (token_hash) WHERE token_hash IS NOT NULL;
CREATE TRIGGER runs_leave_no_waits AFTER DELETE ON runs
  BEGIN DELETE FROM coming_waits WHERE run_seq = OLD.seq; END;
INSERT INTO coming_waits (run_seq, node_id, workflow_id)
  SELECT r.seq, json_extract(n.value, '$.id'), r.workflow_id
  FROM runs AS r
    JOIN workflow_versions AS v ON v.workflow_id = r.workflow_id AND v.version = r.version,
    json_each(v.document, '$.nodes') AS n
  WHERE r.status IN ('queued', 'running', 'waiting') AND r.status <> 'succeeded'
    AND json_extract(n.value, '$.type') = 'webhook' AND json_extract(n.value, '$.config.waitWhenReached') = 1
    AND NOT EXISTS (SELECT 1 FROM steps AS s WHERE s.run_seq = r.seq AND s.node_id = json_extract(n.value, '$.id')
      AND NOT (s.status = 'queued' AND s.wait_kind IS NULL));

-- The secret each field had before its present one, to know callers by that still use it; it opens nothing.
CREATE TABLE retired_secrets (
  endpoint_id TEXT NOT NULL,
  field TEXT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (endpoint_id, field)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER endpoint_secrets_retire AFTER UPDATE OF sealed ON endpoint_secrets WHEN OLD.sealed <> NEW.sealed
  BEGIN
    -- No upsert: within a trigger the one of the outer statement would hold.
    DELETE FROM retired_secrets WHERE endpoint_id = OLD.endpoint_id AND field = OLD.field;
    INSERT INTO retired_secrets (endpoint_id, field, sealed) VALUES (OLD.endpoint_id, OLD.field, OLD.sealed);
  END;
CREATE TRIGGER endpoint_secrets_forget AFTER DELETE ON endpoint_secrets
  BEGIN DELETE FROM retired_secrets WHERE endpoint_id = OLD.endpoint_id AND field = OLD.field; END;

ALTER TABLE holds ADD COLUMN token_hash TEXT;
CREATE INDEX holds_token ON holds (token_hash) WHERE token_hash IS NOT NULL;

CREATE INDEX requests_replayed ON requests (replay_of) WHERE replay_of IS NOT NULL;
DROP INDEX requests_reason;
CREATE INDEX requests_reason ON requests (triage, reason, endpoint_id, received_at, client_ip)
  WHERE triage IS NOT NULL;
`,
};
