/**
 * Fuzzing of a real host from outside: genuine requests of every scheme and style, changed by grammar, sent over several
 * kept connections at once. The same seed sends the same inputs, but for the times that are signed.
 */
import { readFileSync } from 'node:fs';
import type { TestHost } from '../../support/host.ts';
import { callV1 } from '../../support/v1.ts';
import { Connection, type Reply } from './connection.ts';
import { type Dice, diceOf } from './dice.ts';
import { expression, extremeJson, formText, jsonText, multipart } from './grammar.ts';
import {
  encode,
  headMutations,
  spoilCredential,
  tamperBody,
  tears,
  twistCredential,
  twistTime,
} from './mutations.ts';
import { bytesOf, type Parcel, parcelOf } from './parcel.ts';
import { type FuzzReport, isSlow, judge, type Judged, openReport } from './report.ts';
import { makeSubjects, type Subject } from './subjects.ts';

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

interface Input {
  readonly parcel: Parcel;
  readonly mustNotPass: boolean;
}

/** Runs until so many inputs or seconds are over, and tells what was found. Throws when the genuine requests fail. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { host, inputs, seconds, seed, lanes = 24, from = 0, say = () => {} } = options;
  const report = openReport(seed);
  const origin = host.receiver;
  const { host: authority, port } = new URL(origin);
  const made = await makeSubjects(origin, say);
  const { subjects, covered } = await probe(made);
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

  /** Leaves out subjects whose genuine requests are not made of headers alone, and finds who signs the body. */
  async function probe(all: readonly Subject[]): Promise<{ subjects: Subject[]; covered: Set<Subject> }> {
    const connection = new Connection(Number(port), 249);
    const found: Subject[] = [];
    const covering = new Set<Subject>();
    for (const subject of all) {
      const body = Buffer.from(subject.payload(diceOf(seed, -1)));
      const genuine = subject.make(origin, body, 'application/json');
      const reply = await connection.send(bytesOf(genuine, authority), { isLast: false, isHead: false });
      if (!reply.text.includes('"executionId":"run_')) {
        say(
          `left out: ${subject.name}, its genuine request is answered ${reply.status} ${reply.text.slice(-200)}`,
        );
        continue;
      }
      found.push(subject);
      const touched = { ...genuine, body: Buffer.concat([body, Buffer.from(' ')]) };
      const answer = await connection.send(bytesOf(touched, authority), { isLast: false, isHead: false });
      if (answer.status === 401) covering.add(subject);
    }
    connection.close();
    if (found.length < 12) throw new Error(`Only ${found.length} endpoints take their genuine request.`);
    return { subjects: found, covered: covering };
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

/** A request to this subject: a body of some kind, signed, and then changed in none to three ways. */
function inputFor(subject: Subject, dice: Dice, isCovered: boolean, origin: string): Input {
  const { body, type } = bodyFor(subject, dice);
  const isForged = subject.isGuarded && dice.oneIn(12);
  const plain = subject.make(origin, body, type, isForged);
  let parcel = plain;
  if (dice.oneIn(10)) {
    // Coded first, signed then: the bytes as they travel.
    encode(parcel, dice);
    const coding = parcel.headers.findLast(([name]) => name === 'Content-Encoding');
    parcel = subject.make(origin, parcel.body, type, isForged);
    if (coding !== undefined) parcel.headers.push(coding);
  }
  let mustNotPass = isForged;
  if (subject.isGuarded && dice.oneIn(6)) {
    const before = JSON.stringify([parcel.headers, parcel.target]);
    spoilCredential(parcel, dice);
    mustNotPass ||= JSON.stringify([parcel.headers, parcel.target]) !== before;
  } else if (dice.oneIn(8)) twistCredential(parcel, dice);
  if (dice.oneIn(10)) twistTime(parcel, dice);
  if (dice.oneIn(8)) {
    tamperBody(parcel, dice);
    mustNotPass ||= isCovered;
  }
  if (dice.oneIn(2)) for (let n = 0; n <= dice.upTo(2); n += 1) dice.pick(headMutations)(parcel, dice);
  if (dice.oneIn(5)) {
    parcel.isTorn = true;
    dice.pick(tears)(parcel, dice);
    // Torn bytes may hold another request than the one that was forged.
    mustNotPass &&= parcel.lastly.length === 0;
  }
  return { parcel, mustNotPass };
}

function bodyFor(subject: Subject, dice: Dice): { body: Buffer; type: string } {
  switch (dice.upTo(10)) {
    case 0:
      return { body: Buffer.from(extremeJson(dice)), type: 'application/json' };
    case 1:
      return {
        body: Buffer.from(jsonText(dice, 6)),
        type: dice.pick(['application/json', '', 'application/vnd.x+json']),
      };
    case 2:
      return { body: Buffer.from(formText(dice)), type: 'application/x-www-form-urlencoded' };
    case 3:
      return multipart(dice);
    case 4:
      return {
        body: dice.bytes(dice.upTo(200)),
        type: dice.pick(['application/octet-stream', 'application/json', 'text/plain', '']),
      };
    default:
      return { body: Buffer.from(subject.payload(dice)), type: 'application/json' };
  }
}
