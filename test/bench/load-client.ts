/**
 * The load, in a process of its own so that making it is not charged to what is measured. Bodies are distinct and
 * signed beforehand; each request gets a fresh idempotency key, so nothing is answered as a duplicate.
 */
import { randomBytes } from 'node:crypto';
import autocannon from 'autocannon';
import { makeDelivery } from '../support/delivery.ts';
import { type LoadResult, loadJob } from './load-job.ts';

const job = loadJob.parse(JSON.parse(process.argv[2] ?? ''));
const variants = Array.from({ length: job.bodyBytes > 10_000 ? 64 : 1_024 }, () =>
  makeDelivery(job.secret, job.bodyBytes),
);
const run = randomBytes(6).toString('hex');
let sent = 0;

const result = await autocannon({
  url: job.url,
  connections: job.connections,
  duration: job.seconds,
  timeout: 30,
  requests: [
    {
      method: 'POST',
      setupRequest: (request) => {
        const { body, headers } = variants[sent % variants.length] ?? makeDelivery(job.secret, job.bodyBytes);
        sent += 1;
        return { ...request, body, headers: { ...headers, 'idempotency-key': `${run}-${sent}` } };
      },
    },
  ],
});

const told: LoadResult = {
  perSecond: result['2xx'] / result.duration,
  answered: result['2xx'],
  failed: result.non2xx + result.errors,
  failures: describeFailures(),
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  maxMs: result.latency.max,
};
console.log(JSON.stringify(told));

function describeFailures(): string {
  const statuses = Object.entries(result.statusCodeStats ?? {}).filter(([status]) => !status.startsWith('2'));
  const kinds: [string, number][] = [
    ...statuses.map(([status, { count = 0 }]): [string, number] => [status, count]),
    ['cut off', result.errors - result.timeouts],
    ['no answer in time', result.timeouts],
  ];
  return kinds.flatMap(([kind, count]) => (count > 0 ? [`${count} × ${kind}`] : [])).join(', ');
}
