/**
 * How endpoints with a silence alarm were doing when they were last looked at. Kept apart from the requests, because those
 * are pruned and an alarm may be a year long; a row exists only while an alarm is set on something live.
 */
import type { Migration } from './migration.ts';

export const endpointHealth: Migration = {
  version: 4,
  name: 'endpoint health',
  sql: `
CREATE TABLE endpoint_health (
  endpoint_id TEXT PRIMARY KEY,
  -- Since when it is live with an alarm.
  armed_at INTEGER NOT NULL,
  -- The newest request that was not refused.
  last_at INTEGER,
  -- Since when it is silent; NULL while it is not.
  silent_since INTEGER
) STRICT, WITHOUT ROWID;
`,
};
