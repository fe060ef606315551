/**
 * What an operator does meanwhile: rotates a secret and replays stored requests as a job. Each is asked for at every
 * start of a host that may be killed at once, so many an answer is lost; what it came to is looked up in the end.
 */
import { z } from 'zod';
import { requestSummarySchema } from '../../../src/shared/contract/views.ts';
import { jobSchema } from '../../../src/shared/contract/jobs.ts';
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
const created = z.object({
  id: z.string(),
  endpoints: z.tuple([z.object({ id: z.string(), url: z.url() })]),
});
const rotated = z.object({ secret: z.string() });

/** Makes them; nothing is done before `prepare`. */
export function createChores(): Chores {
  let keyed: z.infer<typeof created> | undefined;
  let replayed: z.infer<typeof created> | undefined;
  let preparedBefore = '';
  /** The newest secret we were told; an unanswered rotation leaves it valid for its overlap. */
  let secret = '';

  async function rotate(receiver: string): Promise<void> {
    const path = `/v1/workflows/${keyed?.id}/trigger/webhook-secret/rotate`;
    const { body } = await callV1(receiver, 'POST', path, { overlapSeconds: 86_400 });
    ({ secret } = rotated.parse(body));
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
      preparedBefore = new Date(Date.now() + 1).toISOString();
      await rotate(receiver);
    },
    async run(receiver) {
      try {
        await rotate(receiver);
        await callV1(receiver, 'POST', '/v1/requests/replay-all', {
          endpoint: replayed?.endpoints[0].id,
          until: preparedBefore,
        });
      } catch (error) {
        if (!isCutOff(error)) throw error;
      }
    },
    async audit(receiver) {
      const faults: string[] = [];
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
      for (const { id, state, total, succeeded } of jobs) {
        if (state !== 'done' || total !== originals || succeeded !== total)
          faults.push(`job ${id} is ${state} with ${succeeded} of ${total}`);
      }
      const path = `/v1/requests?verdict=accepted&endpoint=${replayed?.endpoints[0].id}`;
      const requests = await listAll(receiver, path, requestSummarySchema);
      const expected = originals * (1 + jobs.length);
      if (requests.length !== expected)
        faults.push(
          `${jobs.length} replays of ${originals} made ${requests.length} requests, not ${expected}`,
        );
      if (requests.some(({ runs }) => runs.length !== 1)) faults.push('a replayed request has not one run');
      return faults;
    },
  };
}
