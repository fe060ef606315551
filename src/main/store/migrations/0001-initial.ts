/**
 * The first layout. Tables whose rows have an order carry `seq`, a rowid that is never given twice, so history is
 * ordered by it and never by a clock (RELIABILITY P8). In the three large tables a trigger sees to that by keeping the
 * newest row; AUTOINCREMENT would cost every insert a third more. Indexes that serve rare rows are partial: an accepted
 * request and a succeeded run pay for none of them.
 */
import type { Migration } from './migration.ts';

export const initial: Migration = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Removed workflows and endpoints stay as rows, so that history can name them.
CREATE TABLE workflows (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  project TEXT NOT NULL,
  draft TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 0,
  active_version INTEGER,
  latest_version INTEGER,
  changed INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX workflows_slug ON workflows (slug) WHERE removed_at IS NULL;

CREATE TABLE workflow_versions (
  workflow_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  note TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, version)
) STRICT;

CREATE TABLE endpoints (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('dedicated', 'shared')),
  workflow_id TEXT,
  node_id TEXT,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  style TEXT NOT NULL,
  path TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'deactivated')),
  settings TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX endpoints_path ON endpoints (path) WHERE removed_at IS NULL;
CREATE INDEX endpoints_workflow ON endpoints (workflow_id) WHERE workflow_id IS NOT NULL;

CREATE TABLE endpoint_secrets (
  endpoint_id TEXT NOT NULL,
  field TEXT NOT NULL,
  sealed TEXT NOT NULL,
  previous_sealed TEXT,
  previous_valid_until INTEGER,
  previous_used_at INTEGER,
  set_at INTEGER NOT NULL,
  PRIMARY KEY (endpoint_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  method TEXT NOT NULL,
  status INTEGER,
  triage TEXT,
  -- 1: captured lazily and counted against the cap of its endpoint and verdict.
  bounded INTEGER NOT NULL DEFAULT 0,
  body_size INTEGER NOT NULL,
  stored_body_size INTEGER NOT NULL,
  duration_ms REAL,
  reason TEXT,
  reason_text TEXT,
  dedupe_key TEXT,
  replay_of TEXT,
  -- The first delivery, for a duplicate.
  first_seq INTEGER,
  resumed_run_id TEXT,
  http_version TEXT NOT NULL,
  remote_ip TEXT NOT NULL,
  client_ip TEXT NOT NULL,
  url TEXT NOT NULL,
  headers TEXT NOT NULL,
  -- Credentials of URL and headers, where they are blotted out.
  sealed TEXT,
  stages TEXT NOT NULL,
  reply_headers TEXT,
  reply_body TEXT
) STRICT;
CREATE TRIGGER requests_newest_stays BEFORE DELETE ON requests WHEN OLD.seq = (SELECT max(seq) FROM requests)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE UNIQUE INDEX requests_id ON requests (id);
CREATE INDEX requests_endpoint ON requests (endpoint_id);
CREATE INDEX requests_unaccepted ON requests (endpoint_id, verdict, seq, bounded) WHERE verdict <> 'accepted';
CREATE INDEX requests_verdict ON requests (verdict) WHERE verdict <> 'accepted';
CREATE INDEX requests_triage ON requests (triage) WHERE triage IS NOT NULL;
CREATE INDEX requests_reason ON requests (triage, reason, endpoint_id, received_at) WHERE triage IS NOT NULL;
CREATE INDEX requests_resumed ON requests (resumed_run_id) WHERE resumed_run_id IS NOT NULL;

CREATE TABLE request_bodies (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

-- What is learned once a stored request was answered; a NULL answer is the one stored with the request.
CREATE TABLE request_notes (
  seq INTEGER PRIMARY KEY,
  duration_ms REAL NOT NULL,
  status INTEGER,
  reply_headers TEXT,
  reply_body TEXT
) STRICT;

-- Idempotency keys, as marks (hashes): the young ones in the order of their requests, the others by mark.
CREATE TABLE young_keys (
  request_seq INTEGER PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  mark BLOB NOT NULL,
  body_mark TEXT NOT NULL
) STRICT;
CREATE TABLE dedupe_keys (
  mark BLOB PRIMARY KEY,
  body_mark TEXT NOT NULL,
  request_seq INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  -- Steps that are queued, running or waiting, and those of them that are waiting.
  open_steps INTEGER NOT NULL,
  waiting_steps INTEGER NOT NULL,
  request_seq INTEGER,
  last_step_seq INTEGER,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  start_node_id TEXT NOT NULL,
  request_id TEXT,
  -- The run this one repeats.
  retry_of TEXT,
  target_entity TEXT,
  target_cuid TEXT,
  error TEXT,
  params TEXT,
  input TEXT
) STRICT;
CREATE TRIGGER runs_newest_stays BEFORE DELETE ON runs WHEN OLD.seq = (SELECT max(seq) FROM runs)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE UNIQUE INDEX runs_id ON runs (id);
CREATE INDEX runs_request ON runs (request_seq) WHERE request_seq IS NOT NULL;
CREATE INDEX runs_workflow ON runs (workflow_id);
CREATE INDEX runs_status ON runs (status, seq, workflow_id) WHERE status <> 'succeeded';
CREATE INDEX runs_target ON runs (target_entity, target_cuid) WHERE target_cuid IS NOT NULL AND finished_at IS NULL;

-- History and work queue in one: ready_at is set while the step is to be taken up at that instant.
CREATE TABLE steps (
  seq INTEGER PRIMARY KEY,
  run_seq INTEGER NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  -- 1: the present try is counted in attempt already (started, or resumed).
  begun INTEGER NOT NULL DEFAULT 0,
  -- 1: was running when the process ended.
  interrupted INTEGER NOT NULL DEFAULT 0,
  ready_at INTEGER,
  due_at INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  node_id TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  port TEXT,
  -- 'delay' or 'wait' while status is waiting, and until the step is done.
  wait_kind TEXT,
  waiting_for TEXT,
  -- Of the token it waits for, or once waited for: a spent resume URL is told from one nobody ever gave out.
  token_hash TEXT,
  resumed_by TEXT,
  resume_input TEXT,
  resume_params TEXT,
  output_request_id TEXT,
  error TEXT,
  failures TEXT,
  logs TEXT,
  input TEXT,
  output TEXT
) STRICT;
CREATE TRIGGER steps_newest_stays BEFORE DELETE ON steps WHEN OLD.seq = (SELECT max(seq) FROM steps)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE INDEX steps_run ON steps (run_seq);
CREATE INDEX steps_ready ON steps (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX steps_token ON steps (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX steps_running ON steps (run_seq) WHERE status = 'running';

CREATE TABLE waits (
  seq INTEGER PRIMARY KEY,
  step_seq INTEGER NOT NULL UNIQUE,
  run_seq INTEGER NOT NULL,
  workflow_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  target_entity TEXT,
  target_cuid TEXT,
  correlation TEXT,
  token_hash TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX waits_run ON waits (run_seq);
CREATE INDEX waits_target ON waits (workflow_id, node_id, target_entity, target_cuid) WHERE target_cuid IS NOT NULL;
CREATE INDEX waits_correlation ON waits (workflow_id, node_id, correlation) WHERE correlation IS NOT NULL;
CREATE UNIQUE INDEX waits_token ON waits (token_hash) WHERE token_hash IS NOT NULL;

-- Deliveries that came before their wait; one row per node that may take it, all gone once one did.
CREATE TABLE holds (
  request_seq INTEGER NOT NULL,
  workflow_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  target_entity TEXT,
  target_cuid TEXT,
  correlation TEXT,
  expires_at INTEGER NOT NULL,
  params TEXT,
  input TEXT,
  PRIMARY KEY (request_seq, workflow_id, node_id)
) STRICT;
CREATE INDEX holds_target ON holds (workflow_id, node_id, target_entity, target_cuid) WHERE target_cuid IS NOT NULL;
CREATE INDEX holds_correlation ON holds (workflow_id, node_id, correlation) WHERE correlation IS NOT NULL;
CREATE INDEX holds_expiry ON holds (expires_at);

CREATE TABLE entities (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  fields TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO entities (name, fields, created_at) VALUES (
  'InventoryModel',
  '[{"name":"name","type":"string"},{"name":"description","type":"string"},{"name":"status","type":"string"}]',
  CAST(unixepoch('subsec') * 1000 AS INTEGER)
);

CREATE TABLE records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  cuid TEXT NOT NULL UNIQUE,
  entity TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX records_entity ON records (entity);

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  hint TEXT NOT NULL,
  hosts TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`,
};
