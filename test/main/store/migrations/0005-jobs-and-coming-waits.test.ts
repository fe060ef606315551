/** Runs that were on their way when the layout changed are met like those made after it (SPEC 3, Waits). */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate } from '../../../../src/main/store/migrate.ts';
import { migrations } from '../../../../src/main/store/migrations/list.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

test('live runs have yet to reach the waits of their version they were not at, and no others', () => {
  const folder = makeTempDir();
  const file = join(folder.path, 'old.db');
  const db = new Database(file);
  migrate(
    db,
    file,
    migrations.filter(({ version }) => version < 5),
  );
  const document = JSON.stringify({
    nodes: [
      { id: 'hook', type: 'webhook', config: {} },
      { id: 'one', type: 'webhook', config: { waitWhenReached: true } },
      { id: 'two', type: 'webhook', config: { waitWhenReached: true } },
      { id: 'pass', type: 'webhook', config: { waitWhenReached: false } },
      { id: 'log', type: 'log', config: {} },
    ],
  });
  db.prepare(
    "INSERT INTO workflow_versions (workflow_id, version, note, document, created_at) VALUES ('wf', 1, '', ?, 1)",
  ).run(document);
  const run = db.prepare(
    `INSERT INTO runs (id, workflow_id, version, status, open_steps, waiting_steps, created_at, start_node_id)
     VALUES (?, 'wf', 1, ?, 1, 0, 1, 'hook')`,
  );
  const step = db.prepare(
    `INSERT INTO steps (run_seq, status, node_id, name, type, wait_kind) VALUES (?, ?, ?, 'x', 'webhook', ?)`,
  );
  const live = run.run('run_live', 'waiting').lastInsertRowid;
  step.run(live, 'waiting', 'one', 'wait');
  const fresh = run.run('run_fresh', 'queued').lastInsertRowid;
  step.run(fresh, 'queued', 'one', null);
  run.run('run_done', 'succeeded');
  migrate(db, file, migrations);
  expect(
    db
      .prepare(
        `SELECT r.id, c.node_id AS node, c.correlation, c.state AS open FROM coming_waits AS c
         JOIN runs AS r ON r.seq = c.run_seq ORDER BY r.seq, c.node_id`,
      )
      .all(),
  ).toEqual([
    { id: 'run_live', node: 'two', correlation: null, open: 1 },
    { id: 'run_fresh', node: 'one', correlation: null, open: 1 },
    { id: 'run_fresh', node: 'two', correlation: null, open: 1 },
  ]);
  db.prepare(
    "INSERT INTO runs (id, workflow_id, version, status, open_steps, waiting_steps, created_at, start_node_id) VALUES ('run_new', 'wf', 1, 'queued', 0, 0, 1, 'hook')",
  ).run();
  db.prepare("DELETE FROM runs WHERE id = 'run_live'").run();
  expect(db.prepare('SELECT count(*) AS n FROM coming_waits WHERE run_seq = ?').get(live)).toEqual({ n: 0 });
  db.close();
  folder.remove();
});
