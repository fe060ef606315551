/** How SQLite goes about each read: by an index or by sequence number, and never through a whole table. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createReads } from '../../../src/main/store/reads.ts';
import { createSql } from '../../../src/main/store/sql.ts';
import { admission, openTestStore, plannedRun } from './support.ts';

/** What was run, with its values in place. */
async function runAndNote(dataDir: string, read: (reads: ReturnType<typeof createReads>) => unknown) {
  const noted: string[] = [];
  const db = new Database(join(dataDir, 'hookyard.db'), {
    readonly: true,
    verbose: (text) => void noted.push(String(text)),
  });
  await read(createReads(createSql(db), () => ({ queued: 0, running: 0, waiting: 0 })));
  const said = noted.slice();
  const plans = said
    .filter((text) => /^\s*SELECT/.test(text))
    .map((text) => ({
      text,
      steps: db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`)
        .all()
        .map(({ detail }) => detail),
    }));
  db.close();
  return plans;
}

/** Small tables, lists handed in, the full-text index by its terms, and one row at the end of an index. */
const harmless =
  /SCAN (json_each|endpoints|workflows|CONSTANT ROW|request_texts VIRTUAL TABLE INDEX \d+:M|\(subquery)/;

async function scansOf(
  dataDir: string,
  read: (reads: ReturnType<typeof createReads>) => unknown,
): Promise<string[]> {
  const plans = await runAndNote(dataDir, read);
  expect(plans.length).toBeGreaterThan(0);
  return plans.flatMap(({ text, steps }) =>
    steps
      .filter(
        (detail) => detail.startsWith('SCAN') || (detail.endsWith('ORDER BY') && !text.includes('json_each')),
      )
      .filter((detail) => !harmless.test(detail))
      .map((detail) => `${detail}: ${text}`),
  );
}

describe('the reads of requests', () => {
  const filters = {
    endpointId: 'ep_one',
    verdict: 'rejected' as const,
    status: 404,
    method: 'GET',
    sinceAt: 5,
    untilAt: 9_000,
    q: 'some text',
    runId: 'run_1',
  };
  const names = ['endpointId', 'verdict', 'status', 'method', 'sinceAt', 'untilAt', 'q', 'runId'] as const;

  test('go through no table, whatever filters are combined', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    for (let index = 0; index < 20; index += 1) {
      await store.write('admit', admission({ runs: [plannedRun({ next: [] })] }));
    }
    for (let chosen = 0; chosen < 2 ** names.length; chosen += 1) {
      const query = Object.fromEntries(
        names.filter((_, bit) => (chosen & (1 << bit)) !== 0).map((name) => [name, filters[name]]),
      );
      expect(await scansOf(dataDir, ({ requests }) => requests.find({ limit: 50, ...query }))).toEqual([]);
    }
    expect(
      await scansOf(dataDir, ({ requests }) => requests.find({ limit: 50, verdict: 'accepted' })),
    ).toEqual([]);
    const triage = [undefined, 'open', 'dismissed'] as const;
    for (const state of triage)
      for (const endpointId of [undefined, 'ep_one'])
        for (const reason of [undefined, 'unauthorized']) {
          expect(
            await scansOf(dataDir, ({ requests }) =>
              requests.failed({ limit: 50, state, endpointId, reason }),
            ),
          ).toEqual([]);
        }
    const id = store.read.requests.list({ limit: 1 }).items[0]?.id ?? '';
    expect(
      await scansOf(dataDir, ({ requests }) => [requests.byId(id), requests.body(id), requests.twins(id)]),
    ).toEqual([]);
    expect(await scansOf(dataDir, ({ requests }) => requests.countFailedOpen())).toEqual([]);
  });

  test('count what is stored without looking at it', async () => {
    await using opened = await openTestStore();
    const { dataDir } = opened;
    const plans = await runAndNote(dataDir, ({ overview }) => overview.totals());
    const counted = plans.filter(({ text }) => /count\(\*\).*FROM (requests|runs)/.test(text));
    expect(counted).toEqual([]);
    expect(await scansOf(dataDir, ({ overview }) => overview.requestsPerMinute(Date.now(), 30))).toEqual([]);
  });
});

describe('the reads of runs', () => {
  test('go through no table, whatever filters are combined', async () => {
    await using opened = await openTestStore();
    const { dataDir } = opened;
    const filters = {
      workflowId: 'wf_one',
      status: 'failed' as const,
      sinceAt: 5,
      requestId: 'req_1',
      q: 'text',
    };
    const names = ['workflowId', 'status', 'sinceAt', 'requestId', 'q'] as const;
    for (let chosen = 0; chosen < 2 ** names.length; chosen += 1) {
      const query = Object.fromEntries(
        names.filter((_, bit) => (chosen & (1 << bit)) !== 0).map((name) => [name, filters[name]]),
      );
      expect(await scansOf(dataDir, ({ runs }) => runs.list({ limit: 50, ...query }))).toEqual([]);
    }
    expect(
      await scansOf(dataDir, ({ runs }) => [
        runs.byId('x'),
        runs.steps('x'),
        runs.due(1, 64),
        runs.nextDueAt(1),
      ]),
    ).toEqual([]);
  });
});
