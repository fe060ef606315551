/** Samples of endpoints, whether one is listened for, and how many fields of a request differed from the sample. */
import type { Migration } from './migration.ts';

export const samples: Migration = {
  version: 3,
  name: 'samples',
  sql: `
CREATE TABLE endpoint_samples (
  endpoint_id TEXT PRIMARY KEY,
  -- The next genuine GET or POST before this instant becomes the sample.
  listening_until INTEGER,
  source TEXT,
  request_id TEXT,
  shape TEXT,
  parameters TEXT,
  full_body INTEGER,
  set_at INTEGER,
  -- When the first request after the sample differed from it.
  drift_since INTEGER
) STRICT;
ALTER TABLE request_notes ADD COLUMN drift INTEGER;
`,
};
