/**
 * What a full store costs: start to first answer, intake compared with a young store, the inspector's lists, and what
 * intake is left while retention deletes half of it.
 */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { startHost } from '../support/host.ts';
import { makeDelivery } from '../support/delivery.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { callV1 } from '../support/v1.ts';
import { type BenchSettings, type Figure, type Row, ms, percentile, perSecond } from './figure.ts';
import type { LoadResult } from './load-job.ts';
import { load } from './subjects.ts';

const idsOf = z.object({ items: z.array(z.object({ id: z.string(), endpointId: z.string() })).min(1) });

const run = promisify(execFile);

/** The 95th of 100 answers: what people wait for at worst. */
async function timed(act: () => Promise<unknown>, times = 40): Promise<number> {
  const spans: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const began = performance.now();
    await act();
    spans.push(performance.now() - began);
  }
  return percentile(spans, 0.95);
}

const filled = z.object({ filledMs: z.number(), indexedMs: z.number(), databaseBytes: z.number() });

/** Stores so many requests in a folder no host is at. */
async function fill(folder: string, place: { endpointId: string; workflowId: string }, count: number) {
  const script = join(import.meta.dirname, 'fill.ts');
  const args = [script, join(folder, 'data'), place.endpointId, place.workflowId, String(count)];
  const { stdout } = await run(process.execPath, args);
  return filled.parse(JSON.parse(stdout));
}

async function setRetention(receiver: string, requestsPerEndpoint: number): Promise<void> {
  const { status } = await callV1(receiver, 'PATCH', '/v1/settings', { retention: { requestsPerEndpoint } });
  if (status !== 200) throw new Error(`PATCH /v1/settings answered ${status}`);
}

/** How many requests are stored, by the host's own count. */
async function storedIn(receiver: string): Promise<number> {
  const { body } = await callV1(receiver, 'GET', '/v1/status');
  return z.object({ counts: z.object({ requests: z.number() }) }).parse(body).counts.requests;
}

/** The inspector's questions, each as a row. */
async function inspectorRows(receiver: string, stored: string, needle: string, rare: string): Promise<Row[]> {
  const ask = async (path: string): Promise<unknown> => {
    const { status, body } = await callV1(receiver, 'GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
    return body;
  };
  const first = idsOf.parse(await ask('/v1/requests?limit=1')).items[0];
  const questions: [string, string, number][] = [
    ['  latest 50', '/v1/requests?limit=50', 10],
    ['  by endpoint and verdict', `/v1/requests?limit=50&endpoint=${first?.endpointId}&verdict=accepted`, 30],
    ['  by status', '/v1/requests?limit=50&status=404', 30],
    ['  full text, one id', `/v1/requests?limit=50&q=${needle}`, 200],
    ['  full text, an old one', `/v1/requests?limit=50&q=${encodeURIComponent(rare)}`, 200],
    ['  full text, in all', '/v1/requests?limit=50&q=order.created', 200],
    ['  full text, in none', '/v1/requests?limit=50&q=order.deleted', 200],
    ['  full text and verdict', '/v1/requests?limit=50&q=order.created&verdict=rejected', 200],
    ['  status', '/v1/status', 50],
    ['  open one', `/v1/requests/${first?.id}`, 10],
  ];
  const rows: Row[] = [];
  for (const [name, path, goalMs] of questions) {
    const span = await timed(() => ask(path));
    rows.push({
      name,
      value: ms(span),
      reference: stored,
      ratio: '',
      goal: `≤ ${goalMs} ms`,
      isMet: span <= goalMs,
    });
  }
  return rows;
}

/** Intake while retention deletes half of what is stored. */
async function retentionRows(
  receiver: string,
  url: string,
  folder: string,
  stored: number,
  before: LoadResult,
): Promise<Row[]> {
  await setRetention(receiver, Math.floor(stored / 2));
  const count = await storedIn(receiver);
  await until('retention to begin', async () => (await storedIn(receiver)) < count, {
    deadlineMs: 120_000,
    everyMs: 50,
  });
  let wal = 0;
  const watch = setInterval(() => {
    wal = Math.max(wal, statSync(join(folder, 'data/hookyard.db-wal')).size);
  }, 20);
  const [atFirst, beganAt] = [await storedIn(receiver), performance.now()];
  const during = await load({ url, connections: 200, bodyBytes: 1_024, seconds: 8 });
  const deleted = atFirst - (await storedIn(receiver)) + during.answered;
  const perDeletion = deleted / ((performance.now() - beganAt) / 1_000);
  await until(
    'half of it to be gone',
    async () => (await storedIn(receiver)) < stored * 0.52 + during.answered,
    {
      deadlineMs: 900_000,
      everyMs: 500,
    },
  );
  clearInterval(watch);
  const ratio = during.perSecond / before.perSecond;
  const reference = `${perSecond(before.perSecond)} without`;
  return [
    {
      name: 'accepts while retention deletes',
      value: perSecond(during.perSecond),
      reference,
      ratio: ratio.toFixed(2),
      goal: '≥ 0.70',
      isMet: ratio >= 0.7,
    },
    {
      name: '  p99',
      value: ms(during.p99Ms),
      reference: `${ms(before.p99Ms)} without, deleting ${perSecond(perDeletion)}, log ${Math.round(wal / 1_048_576)} MiB`,
      ratio: '',
      goal: '< 100 ms, log < 64 MiB',
      isMet: during.p99Ms < 100 && wal < 67_108_864,
    },
  ];
}

const endpointsOf = z.object({ endpoints: z.array(z.object({ id: z.string() })).min(1) });

async function measure({ disk, stored, say }: BenchSettings): Promise<Row[]> {
  using folder = makeTempDir(disk);
  const program = process.env['HOOKYARD_BENCH_PROGRAM'] === 'sources' ? 'sources' : 'built';
  const start = (): ReturnType<typeof startHost> =>
    startHost({ folder: folder.path, program, deadlineMs: 120_000 });
  const host = await start();
  // Nothing is to be deleted before that is measured.
  await setRetention(host.receiver, 100_000_000);
  const workflow = await makeSignedWorkflow(host.receiver, 'bench', 0);
  const { body } = await callV1(host.receiver, 'GET', `/v1/workflows/${workflow.id}`);
  const [endpoint] = endpointsOf.parse(body).endpoints;
  const shape = { connections: 200, bodyBytes: 1_024 };
  const young = await load({ url: workflow.url, ...shape, seconds: 5 });
  const rare = makeDelivery(SIGNING_SECRET, 1_024);
  const path = new URL(workflow.url).pathname;
  const send = ({ headers, body: content }: typeof rare, receiver: string) =>
    fetch(new URL(path, receiver), { method: 'POST', headers, body: new Uint8Array(content) });
  await send(rare, host.receiver);
  await host.stop();

  const place = { endpointId: endpoint?.id ?? '', workflowId: workflow.id };
  const done = await fill(folder.path, place, stored);
  say(
    `  ${stored / 1_000} k stored at ${perSecond(stored / (done.filledMs / 1_000))}, indexed at ${perSecond(stored / ((done.filledMs + done.indexedMs) / 1_000))} with it, ${Math.round(done.databaseBytes / stored)} bytes each`,
  );

  const beganAt = performance.now();
  const again = await start();
  const needle = makeDelivery(SIGNING_SECRET, 1_024);
  const answer = await send(needle, again.receiver);
  const firstMs = performance.now() - beganAt;
  if (answer.status !== 200)
    throw new Error(`The first request after the start was answered ${answer.status}`);
  const url = new URL(path, again.receiver).href;
  const note = `${Math.round((await storedIn(again.receiver)) / 1_000)} k stored`;
  const lists = await inspectorRows(again.receiver, note, needle.id, rare.id);
  const old = await load({ url, ...shape, seconds: 5 });
  const ratio = old.perSecond / young.perSecond;
  const rows: Row[] = [
    {
      name: 'start to first 200',
      value: ms(firstMs),
      reference: note,
      ratio: '',
      goal: '≤ 1,000 ms',
      isMet: firstMs <= 1_000,
    },
    {
      name: 'accepts, full store against young',
      value: perSecond(old.perSecond),
      reference: `${perSecond(young.perSecond)}, ${note}`,
      ratio: ratio.toFixed(2),
      goal: '≥ 0.85',
      isMet: ratio >= 0.85,
    },
    ...lists,
    ...(await retentionRows(again.receiver, url, folder.path, stored, old)),
  ];
  await again.stop();
  return rows;
}

export const sizeFigures: readonly Figure[] = [{ name: 'at-size', measure }];
