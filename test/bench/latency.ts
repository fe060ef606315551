/** How long one delivery takes: alone against the disk's own pace, and to the end of its run under a steady trickle. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'undici';
import { z } from 'zod';
import { makeDelivery } from '../support/delivery.ts';
import { SIGNING_SECRET } from '../support/signed-workflow.ts';
import { until } from '../support/until.ts';
import { hasRunIn, listAll } from '../support/v1-list.ts';
import { type Figure, median, ms, percentile } from './figure.ts';
import { startHookyard } from './subjects.ts';

const accepted = z.object({ executionId: z.string() });

/** Posts one delivery and resolves to its run's id. Throws on anything but 2xx. */
async function postOne(pool: Pool, url: string): Promise<string> {
  const { body, headers } = makeDelivery(SIGNING_SECRET, 1_024);
  const answer = await pool.request({ path: new URL(url).pathname, method: 'POST', headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}: ${text}`);
  return accepted.parse(JSON.parse(text)).executionId;
}

/** Milliseconds of so many writes of 4 KB, each followed by fdatasync, in a file that grows as a log does. */
function syncTimes(folder: string, count: number): number[] {
  const file = openSync(join(folder, 'sync-probe'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - began);
  }
  closeSync(file);
  return times;
}

const oneAtATime: Figure = {
  name: 'single',
  measure: async ({ disk, seconds }) => {
    await using subject = await startHookyard(disk, 0);
    const { host, workflow, folder } = subject;
    const pool = new Pool(host.receiver, { connections: 1 });
    for (let index = 0; index < 100; index += 1) await postOne(pool, workflow.url);
    const syncs: number[] = [];
    const posts: number[] = [];
    for (let block = 0; block < seconds * 2; block += 1) {
      syncs.push(...syncTimes(folder, 25));
      for (let index = 0; index < 25; index += 1) {
        const began = performance.now();
        await postOne(pool, workflow.url);
        posts.push(performance.now() - began);
      }
    }
    await pool.destroy();
    const ratio = median(posts) / median(syncs);
    return [
      {
        name: 'one request at a time, POST → 200',
        value: `${ms(median(posts))}, p99 ${ms(percentile(posts, 0.99))}`,
        reference: `fdatasync ${ms(median(syncs))}`,
        ratio: ratio.toFixed(2),
        goal: '≤ 3.00',
        isMet: ratio <= 3,
      },
    ];
  },
};

const trickle: Figure = {
  name: 'post-to-finished',
  measure: async ({ disk, seconds }) => {
    await using subject = await startHookyard(disk, 1);
    const { host, workflow } = subject;
    const pool = new Pool(host.receiver, { connections: 32 });
    const sentAt = new Map<string, number>();
    const send = async (): Promise<void> => {
      const at = performance.timeOrigin + performance.now();
      sentAt.set(await postOne(pool, workflow.url), at);
    };
    for (let index = 0; index < 200; index += 1) await send();
    sentAt.clear();
    await atPace(100, seconds, send);
    await until('every run to finish', async () => !(await hasRunIn(host.receiver, ['queued', 'running'])));
    await pool.destroy();
    const run = z.object({ id: z.string(), finishedAt: z.string().nullable() });
    const spans = (await listAll(host.receiver, '/v1/workflow-runs', run)).flatMap(({ id, finishedAt }) => {
      const at = sentAt.get(id);
      // Instants are whole milliseconds, cut off: one is added so that the figure is never flattered.
      return at === undefined || finishedAt === null ? [] : [Date.parse(finishedAt) + 1 - at];
    });
    const [p50, p99] = [median(spans), percentile(spans, 0.99)];
    return [
      {
        name: 'POST → run finished at 100 requests/s',
        value: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
        reference: `${spans.length} runs`,
        ratio: '',
        goal: 'p50 ≤ 5, p99 ≤ 25 ms',
        isMet: p50 <= 5 && p99 <= 25,
      },
    ];
  },
};

/** Does something so many times a second, whether or not the last one is done, and waits for all. */
async function atPace(perSecond: number, seconds: number, act: () => Promise<void>): Promise<void> {
  const beganAt = performance.now();
  const acts: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueIn = beganAt + (index * 1_000) / perSecond - performance.now();
    if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
    acts.push(act());
  }
  await Promise.all(acts);
}

export const latencyFigures: readonly Figure[] = [oneAtATime, trickle];
