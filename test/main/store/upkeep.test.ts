/** The writer's work between commits survives the end of its process at any point: nothing lost, nothing left over. */
import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/main/base/clock.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createRetention } from '../../../src/main/store/retention.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { leftBehind } from './left-behind.ts';
import { openAt } from './support.ts';

const upkeepProcess = fileURLToPath(new URL('./upkeep-process.ts', import.meta.url));

/** Lets it work until its index has grown and requests were deleted, then kills it; answers the ids it vouched for. */
async function workAndKill(dataDir: string, more: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [upkeepProcess, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const closed = new Promise((resolve) => void child.once('close', resolve));
  try {
    await until('the store to be open', () => output.startsWith('open\n'), { deadlineMs: 20_000 });
    const meta = (key: string): number => {
      const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
      try {
        return Number(db.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(key) ?? 0);
      } finally {
        db.close();
      }
    };
    const [indexed, deleted] = [meta('indexed_seq'), meta('requests_deleted')];
    await until(
      'the index and the deletions to get on',
      () => meta('indexed_seq') > indexed + more && meta('requests_deleted') > deleted + more,
      { deadlineMs: 30_000, everyMs: 7 },
    );
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
  return output.split('\n').slice(1, -1);
}

describe('a process killed while it indexes and deletes', () => {
  test('keeps what it vouched for, finds all of it, and goes on where it was', async () => {
    using folder = makeTempDir();
    const dataDir = folder.path;
    const vouched: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      vouched.push(...(await workAndKill(dataDir, 40 + round * 37)));
      expect(leftBehind(dataDir)).toEqual([]);
      const store = await openAt(dataDir);
      const found = new Set<string>();
      let cursor: string | null = null;
      do {
        const page = await store.read.requests.find({ q: 'words of a body that is', limit: 500, cursor });
        for (const { id } of page.items) found.add(id);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(vouched.filter((id) => !found.has(id))).toEqual([]);
      for (const id of vouched.slice(-5)) {
        expect(
          (await store.read.requests.find({ q: `<${id}>`, limit: 2 })).items.map((row) => row.id),
        ).toEqual([id]);
      }
      await store.close();
    }
    expect(vouched.length).toBeGreaterThan(200);

    const store = await openAt(dataDir);
    const limits = { days: 30, requestsPerEndpoint: 10, databaseBytes: null };
    const logger = createSilentLogger();
    await createRetention({ store, dataDir, clock: systemClock, logger, limits: () => limits }).prune();
    const left = store.read.requests.list({ limit: 500, endpointId: 'ep_limited' }).items;
    expect(left).toHaveLength(10);
    await store.close();
    expect(leftBehind(dataDir)).toEqual([]);
    const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  }, 120_000);
});
