/**
 * Worksheets: fields with their rules, an index of every value by its field, unique keys, history, imports. The index
 * is kept by triggers, so no write can forget it; making a field's row fills it and removing that row empties it.
 */
import type { Migration } from './migration.ts';

/** The value of a field in a row as it is sorted: numbers, then texts, then the empty blob for none. */
const indexed = (data: string): string => `CASE json_type(${data}, f.path)
    WHEN 'text' THEN iif(f.type = 'date',
      coalesce(CAST(round(unixepoch(json_extract(${data}, f.path), 'subsec') * 1000) AS INTEGER), x''),
      lower(substr(json_extract(${data}, f.path), 1, 100)))
    WHEN 'integer' THEN json_extract(${data}, f.path)
    WHEN 'real' THEN json_extract(${data}, f.path)
    WHEN 'true' THEN 1
    WHEN 'false' THEN 0
    ELSE x'' END`;

/** The value of a unique field, exactly; NULL for none. */
const key = (data: string): string => `CASE json_type(${data}, f.path)
    WHEN 'text' THEN json_extract(${data}, f.path)
    WHEN 'integer' THEN json_extract(${data}, f.path)
    WHEN 'real' THEN json_extract(${data}, f.path)
    WHEN 'true' THEN 1
    WHEN 'false' THEN 0
    END`;

export const records: Migration = {
  version: 9,
  name: 'records',
  sql: `
CREATE TABLE entity_fields (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  entity TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  is_unique INTEGER NOT NULL DEFAULT 0,
  is_required INTEGER NOT NULL DEFAULT 0,
  -- Value of a new row that brings none, as JSON.
  fallback TEXT,
  -- What a select offers, as JSON; the entity a reference names rows of.
  options TEXT,
  reference TEXT,
  -- Where its value is in the data; NULL: it is not indexed.
  path TEXT,
  UNIQUE (entity, name)
) STRICT;

CREATE TABLE record_values (
  field_seq INTEGER NOT NULL,
  value ANY NOT NULL,
  record_seq INTEGER NOT NULL,
  PRIMARY KEY (field_seq, value, record_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_keys (
  field_seq INTEGER NOT NULL,
  value ANY NOT NULL,
  record_seq INTEGER NOT NULL,
  PRIMARY KEY (field_seq, value)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entity_fields_made AFTER INSERT ON entity_fields WHEN NEW.path IS NOT NULL
  BEGIN
    INSERT INTO record_values (field_seq, value, record_seq)
      SELECT f.seq, ${indexed('r.data')}, r.seq FROM entity_fields AS f JOIN records AS r ON r.entity = f.entity
      WHERE f.seq = NEW.seq;
    INSERT INTO record_keys (field_seq, value, record_seq)
      SELECT f.seq, ${key('r.data')}, r.seq FROM entity_fields AS f JOIN records AS r ON r.entity = f.entity
      WHERE f.seq = NEW.seq AND f.is_unique = 1 AND ${key('r.data')} IS NOT NULL;
  END;
CREATE TRIGGER entity_fields_gone AFTER DELETE ON entity_fields
  BEGIN
    DELETE FROM record_values WHERE field_seq = OLD.seq;
    DELETE FROM record_keys WHERE field_seq = OLD.seq;
  END;
CREATE TRIGGER records_made AFTER INSERT ON records
  BEGIN
    INSERT INTO record_values (field_seq, value, record_seq)
      SELECT f.seq, ${indexed('NEW.data')}, NEW.seq FROM entity_fields AS f
      WHERE f.entity = NEW.entity AND f.path IS NOT NULL;
    INSERT INTO record_keys (field_seq, value, record_seq)
      SELECT f.seq, ${key('NEW.data')}, NEW.seq FROM entity_fields AS f
      WHERE f.entity = NEW.entity AND f.is_unique = 1 AND ${key('NEW.data')} IS NOT NULL;
  END;
-- While the fields of an entity change, those that are concerned are made anew behind the rows.
CREATE TRIGGER records_changed AFTER UPDATE OF data ON records
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'entity_changes')
  BEGIN
    DELETE FROM record_values WHERE (field_seq, value, record_seq) IN (
      SELECT f.seq, ${indexed('OLD.data')}, OLD.seq FROM entity_fields AS f
      WHERE f.entity = OLD.entity AND f.path IS NOT NULL AND ${indexed('OLD.data')} IS NOT ${indexed('NEW.data')});
    INSERT INTO record_values (field_seq, value, record_seq)
      SELECT f.seq, ${indexed('NEW.data')}, NEW.seq FROM entity_fields AS f
      WHERE f.entity = NEW.entity AND f.path IS NOT NULL AND ${indexed('OLD.data')} IS NOT ${indexed('NEW.data')};
    DELETE FROM record_keys WHERE (field_seq, value) IN (
      SELECT f.seq, ${key('OLD.data')} FROM entity_fields AS f
      WHERE f.entity = OLD.entity AND f.is_unique = 1 AND ${key('OLD.data')} IS NOT ${key('NEW.data')});
    INSERT INTO record_keys (field_seq, value, record_seq)
      SELECT f.seq, ${key('NEW.data')}, NEW.seq FROM entity_fields AS f
      WHERE f.entity = NEW.entity AND f.is_unique = 1 AND ${key('NEW.data')} IS NOT NULL
        AND ${key('OLD.data')} IS NOT ${key('NEW.data')};
  END;
CREATE TRIGGER records_gone AFTER DELETE ON records
  BEGIN
    DELETE FROM record_values WHERE (field_seq, value, record_seq) IN (
      SELECT f.seq, ${indexed('OLD.data')}, OLD.seq FROM entity_fields AS f
      WHERE f.entity = OLD.entity AND f.path IS NOT NULL);
    DELETE FROM record_keys WHERE (field_seq, value) IN (
      SELECT f.seq, ${key('OLD.data')} FROM entity_fields AS f
      WHERE f.entity = OLD.entity AND f.is_unique = 1);
  END;

INSERT INTO entity_fields (entity, position, name, type, path)
  SELECT e.name, f.key, json_extract(f.value, '$.name'), json_extract(f.value, '$.type'),
    iif(json_extract(f.value, '$.type') = 'json' OR json_extract(f.value, '$.name') GLOB '*["\\]*', NULL,
      '$."' || json_extract(f.value, '$.name') || '"')
  FROM entities AS e, json_each(e.fields) AS f ORDER BY e.seq, f.key;
ALTER TABLE entities DROP COLUMN fields;

CREATE INDEX records_updated ON records (entity, updated_at);

-- Every change of a record: the values that were changed, as they were and as they are.
CREATE TABLE record_history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  cuid TEXT NOT NULL,
  entity TEXT NOT NULL,
  change TEXT NOT NULL,
  before TEXT,
  after TEXT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE INDEX record_history_cuid ON record_history (cuid);

-- Imports under way: their file lies in the data folder, how far they are stands here.
CREATE TABLE imports (
  job_id TEXT PRIMARY KEY,
  entity TEXT NOT NULL,
  -- Name of the uploaded file.
  upload TEXT NOT NULL,
  format TEXT NOT NULL,
  -- Fields a row is known by, as JSON; none: every row is added.
  key TEXT NOT NULL,
  rows_done INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER imports_end AFTER UPDATE OF state ON jobs WHEN NEW.state NOT IN ('queued', 'running')
  BEGIN DELETE FROM imports WHERE job_id = NEW.id; END;
CREATE TRIGGER imports_go AFTER DELETE ON jobs
  BEGIN DELETE FROM imports WHERE job_id = OLD.id; END;
`,
};
