/**
 * An old data folder brought to the present layout by a process that is killed all the time (RELIABILITY I8): at the named
 * points and at any moment. After each kill the file has exactly one of the known layouts and every row it had; in the
 * end it is as if nothing had happened. A file of a newer layout is left untouched.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDurable, openWriter } from '../../src/main/store/connection.ts';
import { layoutOf, migrate } from '../../src/main/store/migrate.ts';
import { migrations } from '../../src/main/store/migrations/list.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { hitLine } from './entries/at-point.ts';
import type { Program } from './program.ts';
import { between, type TrialReport } from './trial.ts';

const points = ['migration copied', 'migration before commit', 'migration after commit'] as const;
const oldRequests = 3_000;
/** So many kills, then the file is old again. */
const killsPerFile = 10;
const newest = migrations.at(-1)?.version ?? 0;

/** What a file looks like from outside. */
interface Look {
  readonly layout: number;
  /** Tables, columns, indexes and triggers, as SQLite keeps them. */
  readonly schema: string;
  readonly requests: number;
  readonly sound: unknown;
}

/** Kills migrations so often. */
export async function runMigrations(kills: number, program: Program): Promise<TrialReport> {
  using folder = makeTempDir();
  const old = join(folder.path, 'old.db');
  const file = join(folder.path, 'hookyard.db');
  makeOldFile(old);
  const schemas = new Map(migrations.map(({ version }) => [version, schemaOf(folder.path, version)]));
  const faults: string[] = [];
  const found = new Map<number, number>();
  const hits = new Map<string, number>();
  const begin = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(old, file);
  };
  begin();
  for (let kill = 1; kill <= kills; kill += 1) {
    const point = points[kill % 6];
    // The copy is made once, before the first step.
    const most = point === 'migration copied' ? 1 : migrations.length - 1;
    const at = point === undefined ? undefined : `${point}#${between(1, most)}`;
    const said = await killedMigration(program, file, at);
    if (point !== undefined && said.includes(hitLine(point))) hits.set(point, (hits.get(point) ?? 0) + 1);
    const look = lookAt(file);
    found.set(look.layout, (found.get(look.layout) ?? 0) + 1);
    if (look.schema !== schemas.get(look.layout))
      faults.push(`kill ${kill}: layout ${look.layout} is not whole`);
    if (look.requests !== oldRequests) faults.push(`kill ${kill}: ${look.requests} requests are left`);
    if (look.sound !== 'ok') faults.push(`kill ${kill}: ${String(look.sound)}`);
    if (kill % killsPerFile !== 0 && look.layout !== newest) continue;
    await killedMigration(program, file, undefined, Number.POSITIVE_INFINITY);
    if (lookAt(file).layout !== newest) faults.push(`kill ${kill}: the file could not be brought on`);
    begin();
  }
  for (const point of points) if (!hits.has(point)) faults.push(`void: the point "${point}" was not hit`);
  if (!found.has(1) || found.size < 3) faults.push('void: hardly any kill was in the middle');
  faults.push(...(await newerFaults(program, file)));
  const layouts = [...found].map(([layout, count]) => `${count} × ${layout}`).join(', ');
  return { figures: `${kills} kills, after which the layout was ${layouts}`, faults };
}

/** A database of the first layout with requests in it. */
function makeOldFile(file: string): void {
  const db = openWriter(file);
  makeDurable(db);
  migrate(db, file, migrations.slice(0, 1));
  const insert = db.prepare(
    `INSERT INTO requests (seq, id, endpoint_id, received_at, verdict, method, status, body_size, stored_body_size,
       http_version, remote_ip, client_ip, url, headers, stages)
     VALUES (?, ?, 'ep_one', ?, 'accepted', 'POST', 200, 4, 4, '1.1', '::1', '::1', '/hooks/a', '[["X-A","b"]]', '[]')`,
  );
  const body = db.prepare('INSERT INTO request_bodies (seq, body) VALUES (?, ?)');
  db.transaction(() => {
    for (let seq = 1; seq <= oldRequests; seq += 1) {
      insert.run(seq, `req_${seq}`, seq);
      body.run(seq, Buffer.from(`"${seq}"`));
    }
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** What a layout is when nothing disturbs the way there. */
function schemaOf(folder: string, version: number): string {
  const file = join(folder, `layout-${version}.db`);
  const db = openWriter(file);
  makeDurable(db);
  migrate(
    db,
    file,
    migrations.filter((migration) => migration.version <= version),
  );
  db.close();
  return lookAt(file).schema;
}

function lookAt(file: string): Look {
  const db = new Database(file);
  const schema = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  const look = {
    layout: layoutOf(db),
    schema: JSON.stringify(schema),
    requests: Number(db.prepare('SELECT count(*) FROM requests').pluck().get()),
    sound: db.pragma('integrity_check', { simple: true }),
  };
  db.close();
  return look;
}

/** A process that migrates, killed at a point, or a while after it began; answers what it said. */
async function killedMigration(
  program: Program,
  file: string,
  at: string | undefined,
  withinMs = between(0, 25),
): Promise<string> {
  const child = spawn(process.execPath, [program.at('migrate'), file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(at === undefined ? {} : { HOOKYARD_END_AT: at }) },
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (at === undefined && Number.isFinite(withinMs)) setTimeout(() => child.kill('SIGKILL'), withinMs);
  });
  await new Promise((resolve) => void child.once('close', resolve));
  return said;
}

/** A file of a later version is refused, and not a byte of it is changed. */
async function newerFaults(program: Program, file: string): Promise<string[]> {
  const db = new Database(file);
  db.pragma(`user_version = ${newest + 1}`);
  db.close();
  const before = readFileSync(file);
  const said = await killedMigration(program, file, undefined, Number.POSITIVE_INFINITY);
  return [
    ...(said.includes('newer version') ? [] : ['a newer file was not refused']),
    ...(readFileSync(file).equals(before) ? [] : ['a newer file was changed']),
  ];
}
