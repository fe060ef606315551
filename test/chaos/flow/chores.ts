/**
 * What an operator does meanwhile: rotates a secret, replays stored requests as a job, imports records; and a schedule
 * that comes every second. Each is asked for at every start of a host that may be killed at once, so many an answer is
 * lost; what it came to is looked up in the end.
 */
import { z } from 'zod';
import { requestSummarySchema } from '../../../src/shared/contract/views.ts';
import { jobSchema } from '../../../src/shared/contract/jobs.ts';
import { API_TOKEN } from '../../support/host.ts';
import { until } from '../../support/until.ts';
import { callV1 } from '../../support/v1.ts';
import { listAll } from '../../support/v1-list.ts';
import { isCutOff } from '../poster.ts';

export interface Chores {
  /** Makes what they need, on a host that is not killed. */
  prepare(receiver: string): Promise<void>;
  /** Does each once; ends early when the host goes away. */
  run(receiver: string): Promise<void>;
  /** Waits for the jobs and answers a sentence for each promise that was broken. */
  audit(receiver: string): Promise<string[]>;
}

const originals = 8;
const imported = 60;
const created = z.object({
  id: z.string(),
  endpoints: z.tuple([z.object({ id: z.string(), url: z.url() })]),
});
const scheduledRun = z.object({ id: z.string(), input: z.object({ scheduledAt: z.string() }) });
const rotated = z.object({ secret: z.string() });

/** Makes them; nothing is done before `prepare`. */
export function createChores(): Chores {
  let keyed: z.infer<typeof created> | undefined;
  let replayed: z.infer<typeof created> | undefined;
  let scheduled = '';
  let preparedBefore = '';
  /** The newest secret we were told; an unanswered rotation leaves it valid for its overlap. */
  let secret = '';

  async function rotate(receiver: string): Promise<void> {
    const path = `/v1/workflows/${keyed?.id}/trigger/webhook-secret/rotate`;
    const { body } = await callV1(receiver, 'POST', path, { overlapSeconds: 86_400 });
    ({ secret } = rotated.parse(body));
  }

  async function importRows(receiver: string): Promise<void> {
    const rows = Array.from({ length: imported }, (_, n) => `row ${n}`);
    const answer = await fetch(`${receiver}/v1/entities/Imported/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'text/csv' },
      body: ['name', ...rows].join('\n'),
    });
    await answer.text();
    if (answer.status !== 202) throw new Error(`The import was answered ${answer.status}`);
  }

  /** A second that came twice, or a schedule that did not come. */
  async function scheduleFaults(receiver: string): Promise<string[]> {
    await callV1(receiver, 'POST', '/v1/workflows/every-second/deactivate');
    const path = `/v1/workflow-runs?workflow=${scheduled}`;
    const runs = await listAll(receiver, path, z.object({ id: z.string() }));
    const times = new Set<string>();
    for (const run of runs) {
      const answer = await callV1(receiver, 'GET', `/v1/workflow-runs/${run.id}`);
      times.add(scheduledRun.parse(answer.body).input.scheduledAt);
    }
    return [
      ...(times.size === runs.length ? [] : [`${runs.length} runs of a schedule for ${times.size} times`]),
      ...(runs.length > 0 ? [] : ['a schedule of every second never came']),
    ];
  }

  async function make(receiver: string, slug: string, auth: object): Promise<z.infer<typeof created>> {
    const { body } = await callV1(receiver, 'POST', '/v1/workflows?activate=true', {
      name: slug,
      slug,
      nodes: [
        { id: 'hook', type: 'webhook', config: { style: 'native', auth } },
        { id: 'end', type: 'set', config: { fields: { got: '{{trigger.data.n}}' } } },
      ],
      edges: [{ source: 'hook', target: 'end' }],
    });
    return created.parse(body);
  }

  function post(receiver: string, url: string | undefined, headers: Record<string, string>, body: object) {
    return fetch(receiver + new URL(url ?? '').pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  return {
    async prepare(receiver) {
      keyed = await make(receiver, 'rotated', { scheme: 'apiKey' });
      replayed = await make(receiver, 'replayed', { scheme: 'none' });
      for (let n = 0; n < originals; n += 1) {
        const answer = await post(receiver, replayed.endpoints[0].url, {}, { n });
        if (answer.status !== 200) throw new Error(`An original was answered ${answer.status}`);
      }
      await callV1(receiver, 'POST', '/v1/entities', {
        name: 'Imported',
        fields: [{ name: 'name', type: 'string' }],
      });
      const made = await callV1(receiver, 'POST', '/v1/workflows?activate=true', {
        name: 'Every second',
        slug: 'every-second',
        nodes: [
          { id: 'tick', type: 'schedule', config: { cron: '* * * * * *', timeZone: 'UTC' } },
          { id: 'end', type: 'set', config: { fields: { at: '{{trigger.data.scheduledAt}}' } } },
        ],
        edges: [{ source: 'tick', target: 'end' }],
      });
      scheduled = z.object({ id: z.string() }).parse(made.body).id;
      preparedBefore = new Date(Date.now() + 1).toISOString();
      await rotate(receiver);
    },
    async run(receiver) {
      try {
        await rotate(receiver);
        await importRows(receiver);
        await callV1(receiver, 'POST', '/v1/requests/replay-all', {
          endpoint: replayed?.endpoints[0].id,
          until: preparedBefore,
        });
      } catch (error) {
        if (!isCutOff(error)) throw error;
      }
    },
    async audit(receiver) {
      const faults = await scheduleFaults(receiver);
      const answer = await post(receiver, keyed?.endpoints[0].url, { 'x-api-key': secret }, { n: 0 });
      if (answer.status !== 200) faults.push(`the newest secret that was told is answered ${answer.status}`);
      const jobs = await until(
        'every job to end',
        async () => {
          const all = await listAll(receiver, '/v1/jobs', jobSchema);
          return all.every(({ state }) => !['queued', 'running'].includes(state)) && all;
        },
        { deadlineMs: 60_000, everyMs: 50 },
      );
      const imports = jobs.filter(({ kind }) => kind === 'import').length;
      for (const { id, kind, state, total, succeeded } of jobs) {
        const wanted = kind === 'import' ? imported : originals;
        if (state !== 'done' || total !== wanted || succeeded !== total)
          faults.push(`job ${id} is ${state} with ${succeeded} of ${total}`);
      }
      const path = `/v1/requests?verdict=accepted&endpoint=${replayed?.endpoints[0].id}`;
      const requests = await listAll(receiver, path, requestSummarySchema);
      const replays = jobs.length - imports;
      const expected = originals * (1 + replays);
      if (requests.length !== expected)
        faults.push(`${replays} replays made ${requests.length} requests, not ${expected}`);
      const records = await listAll(
        receiver,
        '/v1/entities/Imported/records',
        z.object({ cuid: z.string() }),
      );
      if (records.length !== imports * imported)
        faults.push(`${imports} imports made ${records.length} records, not ${imports * imported}`);
      if (requests.some(({ runs }) => runs.length !== 1)) faults.push('a replayed request has not one run');
      return faults;
    },
  };
}
