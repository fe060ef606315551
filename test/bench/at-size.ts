/** What a full store costs: start to first answer, intake compared with a young store, and the inspector's lists. */
import { z } from 'zod';
import { startHost } from '../support/host.ts';
import { makeDelivery } from '../support/delivery.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';
import { type BenchSettings, type Figure, type Row, median, ms, perSecond } from './figure.ts';
import { load } from './subjects.ts';

const idsOf = z.object({ items: z.array(z.object({ id: z.string(), endpointId: z.string() })).min(1) });

async function timed(act: () => Promise<unknown>, times = 9): Promise<number> {
  const spans: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const began = performance.now();
    await act();
    spans.push(performance.now() - began);
  }
  return median(spans);
}

/** How many requests are stored, by the host's own count. */
async function storedIn(receiver: string): Promise<number> {
  const { body } = await callV1(receiver, 'GET', '/v1/status');
  return z.object({ counts: z.object({ requests: z.number() }) }).parse(body).counts.requests;
}

/** The inspector's questions, each as a row. */
async function inspectorRows(receiver: string, stored: string, needle: string): Promise<Row[]> {
  const ask = async (path: string): Promise<unknown> => {
    const { status, body } = await callV1(receiver, 'GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
    return body;
  };
  const first = idsOf.parse(await ask('/v1/requests?limit=1')).items[0];
  const questions: [string, string, number][] = [
    ['  latest 50', '/v1/requests?limit=50', 10],
    ['  by endpoint and verdict', `/v1/requests?limit=50&endpoint=${first?.endpointId}&verdict=accepted`, 30],
    ['  full text', `/v1/requests?limit=50&q=${needle}`, 200],
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

async function measure({ disk, stored, say }: BenchSettings): Promise<Row[]> {
  using folder = makeTempDir(disk);
  const start = (): ReturnType<typeof startHost> =>
    startHost({ folder: folder.path, program: 'built', deadlineMs: 120_000 });
  const host = await start();
  const workflow = await makeSignedWorkflow(host.receiver, 'bench', 0);
  const shape = { connections: 200, bodyBytes: 1_024 };
  const young = await load({ url: workflow.url, ...shape, seconds: 2 });
  let count = await storedIn(host.receiver);
  let old = young;
  while (count < stored) {
    old = await load({ url: workflow.url, ...shape, seconds: 5 });
    count = await storedIn(host.receiver);
    say(`  ${Math.round(count / 1_000)} k of ${stored / 1_000} k stored`);
  }
  await host.stop();

  const beganAt = performance.now();
  const again = await start();
  const needle = makeDelivery(SIGNING_SECRET, 1_024);
  const url = new URL(new URL(workflow.url).pathname, again.receiver);
  const answer = await fetch(url, {
    method: 'POST',
    headers: needle.headers,
    body: new Uint8Array(needle.body),
  });
  const firstMs = performance.now() - beganAt;
  if (answer.status !== 200)
    throw new Error(`The first request after the start was answered ${answer.status}`);
  const note = `${Math.round(count / 1_000)} k stored`;
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
    ...(await inspectorRows(again.receiver, note, needle.id)),
  ];
  await again.stop();
  return rows;
}

export const sizeFigures: readonly Figure[] = [{ name: 'at-size', measure }];
