/** Runs made for trying a workflow out, what was edited in a repeated run, and the outputs pinned to steps. */
import type { Migration } from './migration.ts';

export const testRuns: Migration = {
  version: 11,
  name: 'test runs',
  sql: `
-- What a test run is to do (RunTest); NULL: a live run.
ALTER TABLE runs ADD COLUMN test TEXT;
-- What was changed before a run was repeated (RunEdits); NULL: nothing.
ALTER TABLE runs ADD COLUMN edits TEXT;
-- Outputs by node id, taken by test runs instead of doing the step; NULL: none.
ALTER TABLE workflows ADD COLUMN pins TEXT;
`,
};
