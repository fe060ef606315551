/** Steps remember the token they waited for, so that a spent resume URL is told from one nobody ever gave out. */
import type { Migration } from './migration.ts';

export const stepTokens: Migration = {
  version: 2,
  name: 'step tokens',
  sql: `
ALTER TABLE steps ADD COLUMN token_hash TEXT;
CREATE INDEX steps_token ON steps (token_hash) WHERE token_hash IS NOT NULL;
CREATE TRIGGER waits_token_kept AFTER INSERT ON waits WHEN NEW.token_hash IS NOT NULL BEGIN
  UPDATE steps SET token_hash = NEW.token_hash WHERE seq = NEW.step_seq;
END;
`,
};
