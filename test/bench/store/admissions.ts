/**
 * How fast the store takes requests: admissions with a run each, 200 in flight, and the settling of that run's one step.
 * Run: `node test/bench/store/admissions.ts [seconds] [body bytes] [in flight] [settle]`. Prints one line of JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../../src/main/base/ids.ts';
import { systemClock } from '../../../src/main/base/clock.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { openStore } from '../../../src/main/store/open-store.ts';
import type { Admission } from '../../../src/main/store/types.ts';

const [seconds = 5, bodyBytes = 1_024, inFlight = 200] = process.argv.slice(2, 5).map(Number);
const settles = process.argv[5] === 'settle';
const dataDir = mkdtempSync(join(tmpdir(), 'hookyard-bench-'));
const store = await openStore({
  dataDir,
  writerUrl: new URL('../../../src/main/store-writer.ts', import.meta.url),
  logger: createSilentLogger(),
  clock: systemClock,
});
const body = Buffer.alloc(bodyBytes, 'x');
const endpointId = newId('ep');
const workflowId = newId('wf');

function admission(): Admission {
  const now = Date.now();
  const runId = newId('run');
  return {
    request: {
      id: newId('req'),
      endpointId,
      raw: {
        method: 'POST',
        url: '/webhooks/workflows/order-intake?source=crm',
        httpVersion: '1.1',
        headers: [
          ['Host', '127.0.0.1:4665'],
          ['User-Agent', 'sender/2.1 (+https://sender.example)'],
          ['Content-Type', 'application/json'],
          ['Content-Length', String(bodyBytes)],
          ['X-Webhook-Signature', 'a'.repeat(64)],
          ['X-Delivery-Id', 'd'.repeat(36)],
          ['Accept', '*/*'],
          ['Accept-Encoding', 'gzip, deflate'],
        ],
        body,
        remoteIp: '127.0.0.1',
        receivedAt: now,
      },
      clientIp: '127.0.0.1',
      stages: ['route', 'gate', 'read', 'verify', 'parse'].map((stage, index) => ({
        stage,
        atMs: index / 8,
        ok: true,
      })),
      replayOf: null,
    },
    dedupe: { key: newId('ins'), bodyHash: 'f'.repeat(64), windowMs: 604_800_000 },
    resume: null,
    runs: [
      {
        id: runId,
        workflowId,
        version: 1,
        startNodeId: 'hook',
        startName: 'Order received',
        startType: 'webhook',
        inputJson: null,
        paramsJson: null,
        target: null,
        startOutputJson: null,
        next: [{ nodeId: 'total', name: 'Total', type: 'transform', dueAt: now }],
        coming: [],
      },
    ],
    requireTarget: null,
    queueLimit: 10_000_000,
    reply: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `{"success":true,"executionId":"${runId}"}`,
    },
  };
}

const latencies: number[] = [];
let settled = 0;
const endsAt = performance.now() + seconds * 1_000;

async function sendOneAfterAnother(): Promise<void> {
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    await store.write('admit', admission());
    latencies.push(performance.now() - startedAt);
  }
}

/** What an engine does with pure steps: reads what is due, settles it. */
async function settleAll(): Promise<void> {
  while (performance.now() < endsAt) {
    const due = store.read.runs.due(Date.now(), 64);
    if (due.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    await Promise.all(
      due.map((step) =>
        store.write('settleStep', {
          stepSeq: step.seq,
          runId: step.runId,
          attempt: step.attempt,
          startedAt: Date.now(),
          at: Date.now(),
          inputJson: null,
          logs: [],
          outcome: { kind: 'succeeded', outputJson: '{"total":42}', outputRequestId: null, port: null },
          next: [],
        }),
      ),
    );
    settled += due.length;
  }
}

const cpuBefore = process.cpuUsage();
const loopBefore = performance.eventLoopUtilization();
const startedAt = performance.now();
await Promise.all([
  ...Array.from({ length: inFlight }, sendOneAfterAnother),
  ...(settles ? [settleAll()] : []),
]);
const tookMs = performance.now() - startedAt;
const loop = performance.eventLoopUtilization(loopBefore);
const cpu = process.cpuUsage(cpuBefore);
latencies.sort((one, other) => one - other);
const at = (share: number): number =>
  Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2));
process.stdout.write(
  `${JSON.stringify({
    bodyBytes,
    inFlight,
    admitsPerSecond: Math.round((latencies.length / tookMs) * 1_000),
    settlesPerSecond: Math.round((settled / tookMs) * 1_000),
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: at(0.999_999),
    mainBusy: Number(loop.utilization.toFixed(2)),
    cpuPerAdmitUs: Math.round((cpu.user + cpu.system) / latencies.length),
    walMiB: Math.round(store.health().walBytes / 1_048_576),
    databaseMiB: Math.round(store.health().databaseBytes / 1_048_576),
    rssMiB: Math.round(process.memoryUsage().rss / 1_048_576),
  })}\n`,
);
await store.close();
rmSync(dataDir, { recursive: true });
