/**
 * Fuzzing of a real host from outside: genuine requests of every scheme and style, changed by grammar, sent over several
 * kept connections at once. The same seed sends the same inputs, but for the times that are signed.
 */
import { readFileSync } from 'node:fs';
import type { TestHost } from '../../support/host.ts';
import { callV1 } from '../../support/v1.ts';
import { Connection, type Reply } from './connection.ts';
import { type Dice, diceOf } from './dice.ts';
import { expression, jsonText } from './grammar.ts';
import { inputFor } from './input.ts';
import { bytesOf, parcelOf } from './parcel.ts';
import { probeSubjects } from './probe.ts';
import { type FuzzReport, isSlow, judge, type Judged, openReport } from './report.ts';
import { makeSubjects } from './subjects.ts';

export interface FuzzOptions {
  readonly host: TestHost;
  readonly inputs: number;
  readonly seconds: number;
  readonly seed: number;
  /** Connections at once. */
  readonly lanes?: number;
  /** The first input, to see one again. */
  readonly from?: number;
  readonly say?: (line: string) => void;
}

/** One input in so many is an expression, saved as the filter of an endpoint and then met by a request. */
const expressionEvery = 100;

/** Runs until so many inputs or seconds are over, and tells what was found. Throws when the genuine requests fail. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { host, inputs, seconds, seed, lanes = 24, from = 0, say = () => {} } = options;
  const report = openReport(seed);
  const origin = host.receiver;
  const { host: authority, port } = new URL(origin);
  const made = await makeSubjects(origin, say);
  const probing = new Connection(Number(port), 249);
  const { subjects, covered } = await probeSubjects(made, { origin, seed, say }, (parcel) =>
    probing.send(bytesOf(parcel, authority), { isLast: false, isHead: false }),
  );
  probing.close();
  report.subjects.push(...subjects.map(({ name }) => name));
  report.bodyNotCovered.push(
    ...subjects.filter((one) => one.isGuarded && !covered.has(one)).map(({ name }) => name),
  );
  for (let number = 0; number < lanes; number += 1) {
    const { status, body } = await callV1(
      origin,
      'POST',
      '/v1/workflows?activate=true',
      filterOf(number, 'true'),
    );
    if (status >= 300) throw new Error(`The endpoint for filters was not made: ${JSON.stringify(body)}`);
  }

  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt > seconds * 1_000 || report.crashes > 0;
  let next = from;
  let told = startedAt;

  async function lane(number: number): Promise<void> {
    const connection = new Connection(Number(port), number);
    while (next < from + inputs && !isOver()) {
      const index = next;
      next += 1;
      const dice = diceOf(seed, index);
      if (index % expressionEvery === 0) await tryExpression(dice, index, connection, number);
      else await trySubject(dice, index, connection);
      if (performance.now() - told > 10_000) {
        told = performance.now();
        say(`${report.inputs} inputs, ${report.findingCount} findings, host ${rssMb()} MB`);
      }
    }
    connection.close();
  }

  async function trySubject(dice: Dice, input: number, connection: Connection): Promise<void> {
    const subject = dice.pick(subjects);
    const { parcel, mustNotPass } = inputFor(subject, dice, covered.has(subject), origin);
    const bytes = bytesOf(parcel, authority);
    const isHead = parcel.method === 'HEAD';
    const { isTorn } = parcel;
    const sent = {
      input,
      subject: subject.name,
      bytes,
      mustNotPass,
      isTorn,
      isHead,
      mayCompute: subject.computes,
    };
    await deliver(connection, sent);
  }

  async function tryExpression(
    dice: Dice,
    input: number,
    connection: Connection,
    lane: number,
  ): Promise<void> {
    const filter = expression(dice);
    const document = filterOf(lane, filter);
    const saved = await callV1(origin, 'PUT', `/v1/workflows/${document.slug}?activate=true`, document).catch(
      lost,
    );
    if (saved === undefined) return;
    const parcel = parcelOf(
      'POST',
      `/hooks/${document.slug}`,
      { 'Content-Type': 'application/json' },
      Buffer.from(jsonText(dice)),
    );
    const sent = {
      input,
      subject: `filter ${filter}`,
      bytes: bytesOf(parcel, authority),
      mustNotPass: false,
      isTorn: false,
      isHead: false,
      mayCompute: true,
    };
    if (saved.status === 200) return deliver(connection, sent);
    const text = `"error":"${saved.status === 422 ? 'invalid' : 'unexpected'}"`;
    judge(report, sent, { status: saved.status, text, tookMs: 0, isClosed: false });
  }

  /** Sends and judges. What was slow is sent again, twice, when a plain page is quick: a busy machine is no finding. */
  async function deliver(connection: Connection, sent: Judged): Promise<void> {
    const send = (): Promise<Reply | undefined> =>
      connection.send(sent.bytes, { isLast: sent.isTorn, isHead: sent.isHead }).catch(lost);
    let reply = await send();
    for (let again = 0; again < 2 && reply !== undefined && isSlow(sent, reply); again += 1) {
      if (again === 0) report.sentAgain += 1;
      await calm();
      reply = await send();
    }
    if (reply !== undefined) judge(report, sent, reply);
  }

  /** Waits, half a minute at most, until the machine answers a plain page soon. */
  async function calm(): Promise<void> {
    const deadlineAt = performance.now() + 30_000;
    for (let quick = 0; quick < 3 && performance.now() < deadlineAt; ) {
      const startedAt = performance.now();
      await fetch(`${origin}/healthz`).catch(lost);
      quick = performance.now() - startedAt < 100 ? quick + 1 : 0;
    }
  }

  /** The host takes no connection any more: it has crashed. */
  function lost(): undefined {
    report.crashes = 1;
    return undefined;
  }

  function rssMb(): number {
    try {
      const status = readFileSync(`/proc/${host.pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
    } catch {
      return 0;
    }
  }

  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
  report.seconds = (performance.now() - startedAt) / 1_000;
  report.rssMb = rssMb();
  const health = await fetch(`${origin}/healthz`).catch(() => undefined);
  if (health?.status !== 200) report.crashes = 1;
  return report;
}

function filterOf(lane: number, filter: string): Record<string, unknown> & { slug: string } {
  const config = { style: 'native', auth: { scheme: 'none' }, filter };
  const nodes = [{ id: 'hook', type: 'webhook', config }];
  return { name: `Filter ${lane}`, slug: `fuzz-filter-${lane}`, nodes, edges: [] };
}
