/** A database of the first layout becomes searchable and prunable: its index is filled, its rows are counted. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { initial } from '../../../src/main/store/migrations/0001-initial.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { leftBehind } from './left-behind.ts';
import { openAt } from './support.ts';

test('requests of the first layout are found at once, and in the index a little later', async () => {
  using folder = makeTempDir();
  const file = join(folder.path, 'hookyard.db');
  const db = openWriter(file);
  makeDurable(db);
  migrate(db, file, [initial]);
  const insert = db.prepare(
    `INSERT INTO requests (seq, id, endpoint_id, received_at, verdict, method, status, body_size, stored_body_size,
       http_version, remote_ip, client_ip, url, headers, stages)
     VALUES (?, ?, 'ep_one', ?, 'accepted', 'POST', 200, 4, 4, '1.1', '::1', '::1', '/hooks/a', '[["X-A","b"]]', '[]')`,
  );
  const body = db.prepare('INSERT INTO request_bodies (seq, body) VALUES (?, ?)');
  db.transaction(() => {
    for (let seq = 1; seq <= 300; seq += 1) {
      insert.run(seq, `req_${seq}`, seq);
      body.run(seq, Buffer.from(`n${String(seq).padStart(3, '0')}`));
    }
    // Some are gone already.
    db.exec('DELETE FROM requests WHERE seq <= 40; DELETE FROM request_bodies WHERE seq <= 40');
  })();
  db.close();

  const store = await openAt(folder.path);
  const find = async (q: string): Promise<readonly string[]> =>
    (await store.read.requests.find({ limit: 50, q })).items.map(({ id }) => id);
  expect(await find('n299')).toEqual(['req_299']);
  expect(store.read.overview.totals().requests).toBe(260);
  const reader = openWriter(file);
  const indexed = reader.prepare("SELECT value FROM meta WHERE key = 'indexed_seq'").pluck();
  await until('the index', () => indexed.get() === 300);
  reader.close();
  expect(await find('n041')).toEqual(['req_41']);
  expect(await find('n040')).toEqual([]);
  await store.close();
  expect(leftBehind(folder.path)).toEqual([]);
});
