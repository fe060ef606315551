/**
 * Fills a data folder with accepted requests and their runs as the product stores them, through the store's own writer:
 * ten times as fast as calling. Run as a process of its own, so that its memory is not the bench's.
 * `node test/bench/fill.ts <data folder> <endpoint id> <workflow id> <how many>`; says how long the index took after.
 */
import Database from 'better-sqlite3';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../src/main/base/clock.ts';
import { newId } from '../../src/main/base/ids.ts';
import { createSilentLogger } from '../../src/main/base/logger.ts';
import { openStore } from '../../src/main/store/open-store.ts';
import type { Admission } from '../../src/main/store/types.ts';
import { until } from '../support/until.ts';

const [dataDir = '', endpointId = '', workflowId = '', count = '0'] = process.argv.slice(2);
const wanted = Number(count);
const inFlight = 256;
const names = ['Anna', 'Bert', 'Chloé', 'David', 'Eva', 'Franz', 'Grace', 'Hans'];
const goods = ['Widget', 'Gadget', 'Schraube', 'Kabel', 'Lampe', 'Tisch', 'Stuhl'];

const pick = (list: readonly string[]): string => list[Math.floor(Math.random() * list.length)] ?? '';

function makeBody(index: number): Buffer {
  const customer = pick(names);
  return Buffer.from(
    JSON.stringify({
      id: `evt_${randomBytes(12).toString('hex')}`,
      type: 'order.created',
      created: Date.now(),
      number: 1_000_000 + index,
      customer: { name: `${customer} Müller`, email: `${customer.toLowerCase()}${index}@example.com` },
      items: Array.from({ length: 6 }, () => ({
        sku: `SKU-${Math.floor(Math.random() * 100_000)}`,
        name: pick(goods),
        quantity: 1 + Math.floor(Math.random() * 9),
        price: Math.floor(Math.random() * 10_000) / 100,
      })),
      note: 'Please deliver to the back door and ring twice. '.repeat(8),
    }),
  );
}

function makeAdmission(index: number): Admission {
  const now = Date.now();
  const body = makeBody(index);
  const runId = newId('run');
  const key = randomBytes(12).toString('hex');
  return {
    request: {
      id: newId('req'),
      endpointId,
      raw: {
        method: 'POST',
        url: '/hooks/bench?source=crm',
        httpVersion: '1.1',
        headers: [
          ['Host', '127.0.0.1:4665'],
          ['User-Agent', 'sender/2.1 (+https://sender.example)'],
          ['Content-Type', 'application/json'],
          ['Content-Length', String(body.length)],
          ['X-Webhook-Signature', randomBytes(32).toString('hex')],
          ['Idempotency-Key', key],
          ['Accept', '*/*'],
          ['Connection', 'keep-alive'],
        ],
        body,
        remoteIp: '127.0.0.1',
        receivedAt: now,
      },
      clientIp: '127.0.0.1',
      stages: ['route', 'gate', 'read', 'verify', 'parse'].map((stage, place) => ({
        stage,
        atMs: place / 8,
        ok: true,
      })),
      replayOf: null,
    },
    dedupe: { key, bodyHash: createHash('sha256').update(body).digest('hex'), windowMs: 604_800_000 },
    resume: null,
    runs: [
      {
        id: runId,
        workflowId,
        version: 1,
        startNodeId: 'hook',
        startName: 'hook',
        startType: 'webhook',
        inputJson: null,
        paramsJson: null,
        target: null,
        startOutputJson: null,
        next: [],
        coming: [],
      },
    ],
    requireTarget: null,
    queueLimit: 100_000,
    reply: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `{"success":true,"executionId":"${runId}"}`,
    },
  };
}

const store = await openStore({
  dataDir,
  writerUrl: new URL('../../src/main/store-writer.ts', import.meta.url),
  logger: createSilentLogger(),
  clock: systemClock,
});
let next = 0;
const beganAt = performance.now();
await Promise.all(
  Array.from({ length: inFlight }, async () => {
    while (next < wanted) {
      next += 1;
      await store.write('admit', makeAdmission(next));
    }
  }),
);
const filledMs = performance.now() - beganAt;
const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
const behind = db
  .prepare("SELECT (SELECT max(seq) FROM requests) - (SELECT value FROM meta WHERE key = 'indexed_seq')")
  .pluck();
await until('the index', () => behind.get() === 0, { deadlineMs: 3_600_000, everyMs: 100 });
const indexedMs = performance.now() - beganAt - filledMs;
db.close();
const { databaseBytes } = store.health();
await store.close();
process.stdout.write(`${JSON.stringify({ filledMs, indexedMs, databaseBytes })}\n`);
