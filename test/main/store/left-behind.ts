/** What must never be in a database, whenever one looks: rows whose owner is gone, counts that are off, a torn index. */
import Database from 'better-sqlite3';
import { join } from 'node:path';

const questions = [
  [
    'bodies without request',
    'SELECT count(*) FROM request_bodies WHERE seq NOT IN (SELECT seq FROM requests)',
  ],
  ['notes without request', 'SELECT count(*) FROM request_notes WHERE seq NOT IN (SELECT seq FROM requests)'],
  [
    'requests without body',
    'SELECT count(*) FROM requests WHERE stored_body_size > 0 AND seq NOT IN (SELECT seq FROM request_bodies)',
  ],
  [
    'runs without request',
    'SELECT count(*) FROM runs WHERE request_seq IS NOT NULL AND request_seq NOT IN (SELECT seq FROM requests)',
  ],
  ['steps without run', 'SELECT count(*) FROM steps WHERE run_seq NOT IN (SELECT seq FROM runs)'],
  ['runs without steps', 'SELECT count(*) FROM runs WHERE seq NOT IN (SELECT run_seq FROM steps)'],
  ...(['frames', 'loops', 'run_origins', 'coming_waits', 'waits'] as const).map(
    (table) =>
      [
        `${table} without run`,
        `SELECT count(*) FROM ${table} WHERE run_seq NOT IN (SELECT seq FROM runs)`,
      ] as const,
  ),
  [
    'index entries without request',
    'SELECT count(*) FROM request_texts_docsize WHERE id NOT IN (SELECT seq FROM requests)',
  ],
  [
    'requests missing in the index',
    `SELECT count(*) FROM requests WHERE seq <= (SELECT value FROM meta WHERE key = 'indexed_seq')
       AND seq NOT IN (SELECT id FROM request_texts_docsize)`,
  ],
  [
    'requests counted wrongly',
    `SELECT max(seq) - count(*) - (SELECT value FROM meta WHERE key = 'requests_deleted') FROM requests`,
  ],
  [
    'runs counted wrongly',
    "SELECT coalesce(max(seq), 0) - count(*) - (SELECT value FROM meta WHERE key = 'runs_deleted') FROM runs",
  ],
] as const;

/** The names of what is there and should not be. */
export function leftBehind(dataDir: string): readonly string[] {
  const db = new Database(join(dataDir, 'hookyard.db'));
  try {
    const found = questions.filter(([, question]) => db.prepare(question).pluck().get() !== 0);
    db.exec("INSERT INTO request_texts (request_texts) VALUES ('integrity-check')");
    return found.map(([name]) => name);
  } finally {
    db.close();
  }
}
