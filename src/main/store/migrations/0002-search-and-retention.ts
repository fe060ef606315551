/**
 * Full text of requests and what retention needs. The index keeps no texts (they stand in the requests) and no
 * positions: it only names the requests that have all the three-letter pieces of a search, and those are then read.
 * It is filled behind the requests, so an accepted one pays nothing for it; the indexes here are partial for the same
 * reason. Nothing counts rows: sequences have no gaps but those that deletion makes, and these are counted.
 */
import type { Migration } from './migration.ts';

export const searchAndRetention: Migration = {
  version: 2,
  name: 'search and retention',
  sql: `
CREATE VIRTUAL TABLE request_texts USING fts5(
  text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);
-- Its parts are merged in idle time, in small pieces, and not within somebody's commit.
INSERT INTO request_texts (request_texts, rank) VALUES ('automerge', 0);
-- A part is written anew for what was deleted when that is half of it.
INSERT INTO request_texts (request_texts, rank) VALUES ('deletemerge', 50);

INSERT INTO meta (key, value) VALUES
  -- Requests up to this one are in the index.
  ('indexed_seq', 0),
  ('requests_deleted', (SELECT coalesce(max(seq), 0) - count(*) FROM requests)),
  ('runs_deleted', (SELECT coalesce(max(seq), 0) - count(*) FROM runs));

CREATE INDEX requests_failed ON requests (seq) WHERE triage IS NOT NULL;
CREATE INDEX requests_method ON requests (method) WHERE method <> 'POST';
CREATE INDEX requests_status ON requests (status) WHERE status <> 200;
CREATE INDEX request_notes_status ON request_notes (status) WHERE status <> 200;
CREATE INDEX runs_aimed ON runs (target_cuid) WHERE target_cuid IS NOT NULL;
`,
};
