/**
 * `node test/chaos/timing.ts [--calls N] [--verifies N]`, or `npm run chaos -- --timing …`: whether the time of a refusal tells
 * how nearly right a credential was. Over HTTP, and in the process itself, where there is less noise, for every scheme.
 * Prints Welch's t of each pair of classes; a size of 4.5 and more would be a difference. No test: a busy machine shows
 * differences that are none.
 */
import { parseArgs } from 'node:util';
import type { AuthCheck } from '../../src/main/auth/scheme.ts';
import { startHost } from '../support/host.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';
import { Connection } from './fuzz/connection.ts';
import { bytesOf, parcelOf } from './fuzz/parcel.ts';
import { SECRET, signingSchemes } from './signing-schemes.ts';
import { sampleOf, welchT } from './welch.ts';

const { values } = parseArgs({
  options: {
    timing: { type: 'boolean' },
    calls: { type: 'string', default: '20000' },
    verifies: { type: 'string', default: '50000' },
  },
});
const limit = 4.5;

/** Another letter in the place of the one there. */
const spoilt = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);

/** A credential spoilt so far from its end; inside of what `Basic` packs up, for there it must stay text. */
function spoiltCredential(value: string, fromEnd: number): string {
  if (!value.startsWith('Basic ')) return spoilt(value, Math.max(0, value.length - fromEnd));
  const text = Buffer.from(value.slice(6), 'base64').toString();
  return `Basic ${Buffer.from(spoilt(text, text.length - fromEnd)).toString('base64')}`;
}

/** Every class once in a round, in changing order, so that what the machine does meanwhile falls on all alike. */
async function measure(
  classes: Readonly<Record<string, () => Promise<number> | number>>,
  rounds: number,
): Promise<Map<string, number[]>> {
  const names = Object.keys(classes);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < names.length; n += 1) {
      const name = names[(n * (1 + (round % (names.length - 1 || 1))) + round) % names.length] ?? '';
      const time = await classes[name]?.();
      if (time !== undefined) times.get(name)?.push(time);
    }
  }
  return times;
}

function tell(title: string, times: ReadonlyMap<string, readonly number[]>, unit: string): number {
  const samples = [...times].map(([name, list]) => [name, sampleOf(list)] as const);
  let largest = 0;
  const pairs: string[] = [];
  for (const [index, [one, a]] of samples.entries()) {
    for (const [two, b] of samples.slice(index + 1)) {
      const t = welchT(a, b);
      largest = Math.max(largest, Math.abs(t));
      pairs.push(`${one} / ${two}: t ${t.toFixed(2)}`);
    }
  }
  const means = samples.map(([name, { mean }]) => `${name} ${mean.toFixed(3)} ${unit}`).join(', ');
  console.log(`${largest < limit ? 'even  ' : 'UNEVEN'} ${title}: ${pairs.join('; ')}  (${means})`);
  return largest;
}

async function timeVerifies(rounds: number): Promise<void> {
  for (const { name, scheme, sign, check: checkOf } of signingSchemes()) {
    const body = Buffer.from('{"event":"order_created","order_id":"12345"}');
    const now = Date.now();
    const signed = sign(body, now);
    // The longest value is the credential; where it stands is the scheme's business.
    const presented = { ...signed?.headers, ...signed?.query };
    const [place, value] = Object.entries(presented).toSorted((a, b) => b[1].length - a[1].length)[0] ?? [];
    if (signed === undefined || place === undefined || value === undefined) continue;
    const put = (given: Readonly<Record<string, string>>, credential: string): [string, string][] =>
      Object.entries(given).map(([field, text]) => [field, field === place ? credential : text]);
    const check = (credential: string): AuthCheck =>
      checkOf(put(signed.headers, credential), put(signed.query, credential), body, now);
    const time = (credential: string): (() => Promise<number>) => {
      const given = check(credential);
      return async () => {
        const startedAt = process.hrtime.bigint();
        const verdict = scheme.verify(given);
        if (verdict instanceof Promise) await verdict;
        return Number(process.hrtime.bigint() - startedAt) / 1_000;
      };
    };
    const classes = {
      early: time(spoiltCredential(value, 40)),
      // The last but four: the very end of base64 may hold bits that say nothing.
      late: time(spoiltCredential(value, 5)),
    };
    await measure(classes, Math.min(2_000, rounds));
    tell(`verify ${name}`, await measure(classes, rounds), 'µs');
  }
}

async function timeCalls(calls: number): Promise<void> {
  const folder = makeTempDir();
  const host = await startHost({ folder: folder.path, options: ['--no-admin'] });
  try {
    const key = SECRET.slice(-43);
    const config = { style: 'native', auth: { scheme: 'apiKey', key } };
    for (const slug of ['timed', 'timed-off']) {
      await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', {
        name: slug,
        slug,
        nodes: [{ id: 'hook', type: 'webhook', config }],
        edges: [],
      });
    }
    await callV1(host.receiver, 'POST', '/v1/workflows/timed-off/deactivate');
    const { host: authority, port } = new URL(host.receiver);
    const connection = new Connection(Number(port), 1);
    const call = (slug: string, presented: string): (() => Promise<number>) => {
      const parcel = parcelOf(
        'POST',
        `/hooks/${slug}`,
        { 'content-type': 'application/json', 'x-api-key': presented },
        Buffer.from('{}'),
      );
      const bytes = bytesOf(parcel, authority);
      return async () => (await connection.send(bytes, { isLast: false, isHead: false })).tookMs * 1_000;
    };
    const refused = {
      'first byte': call('timed', spoilt(key, 0)),
      'last byte': call('timed', spoilt(key, key.length - 1)),
      length: call('timed', key.slice(0, -1)),
    };
    await measure(refused, 500);
    tell('HTTP 401', await measure(refused, Math.ceil(calls / 5)), 'µs');
    const absent = {
      'deactivated, right key': call('timed-off', key),
      'deactivated, wrong key': call('timed-off', spoilt(key, 0)),
    };
    tell('HTTP 404', await measure(absent, Math.ceil(calls / 5)), 'µs');
    connection.close();
  } finally {
    await host.stop();
    folder.remove();
  }
}

await timeVerifies(Number(values.verifies));
await timeCalls(Number(values.calls));
