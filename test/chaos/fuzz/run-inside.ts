/**
 * Fuzzing of the stages from inside, in one process and without sockets: the inputs of the fuzzer outside (the same seed
 * makes the same ones), judged one like the other. Bytes torn on the wire are left to the other one: here heads and bodies
 * arrive whole, with whatever Node's own parser would have refused still in them.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { openInside } from './inside-door.ts';
import type { Reply } from './connection.ts';
import { type Dice, diceOf } from './dice.ts';
import { expression, jsonText } from './grammar.ts';
import { inputFor } from './input.ts';
import { bytesOf, type Parcel, parcelOf } from './parcel.ts';
import { probeSubjects } from './probe.ts';
import { type FuzzReport, isSlow, judge, openReport } from './report.ts';

export interface InsideOptions {
  /** An empty folder for the store. */
  readonly folder: string;
  readonly inputs: number;
  readonly seconds: number;
  readonly seed: number;
  /** The first input, to see one again. */
  readonly from?: number;
  /** Inputs under way at once, so that one that waits for a sandbox or a coding holds up none. */
  readonly lanes?: number;
  readonly say?: (line: string) => void;
}

export interface InsideReport extends FuzzReport {
  /** Memory of the process before the first input, in MB; `rssMb` is that after the last. */
  rssBeforeMb: number;
}

/** One input in so many is an expression, met by a request as the filter of its endpoint. */
const expressionEvery = 2_000;
/** After so many inputs whatever was waited for gets its turn. */
const breathEvery = 32;
const tellMs = 10_000;

/** Runs until so many inputs or seconds are over, and tells what was found. Throws when the genuine requests fail. */
export async function runInside(options: InsideOptions): Promise<InsideReport> {
  const { inputs, seconds, seed, lanes = 16, from = 0, say = () => {} } = options;
  const door = await openInside(options.folder, say);
  const { origin, authority } = door;
  const report: InsideReport = { ...openReport(seed), rssBeforeMb: 0 };
  const { subjects, covered } = await probeSubjects(door.subjects, { origin, seed, say }, (parcel) =>
    door.answer(parcel, '127.0.0.1'),
  );
  report.subjects.push(...subjects.map(({ name }) => name));
  report.bodyNotCovered.push(
    ...subjects.filter((one) => one.isGuarded && !covered.has(one)).map(({ name }) => name),
  );
  const open = subjects.find(({ name }) => name === 'none');
  if (open === undefined) throw new Error('There is no open endpoint.');
  const openPath = open.path;

  const startedAt = performance.now();
  report.rssBeforeMb = rssMb();
  const late: number[] = [];
  let next = from;
  /** What was not waited for by then has told its end. */
  let settled = from;
  let told = startedAt;

  async function lane(): Promise<void> {
    while (next < from + inputs && performance.now() - startedAt < seconds * 1_000) {
      const index = next;
      next += 1;
      await tryOne(index, false);
      // Most inputs wait for nothing: those that do have to be let in.
      if (index % breathEvery === 0) {
        await breathe();
        settled = index;
      }
      if (performance.now() - told > tellMs) {
        told = performance.now();
        const perSecond = Math.round((report.inputs * 1_000) / (told - startedAt));
        say(`${report.inputs} inputs, ${perSecond}/s, ${report.findingCount} findings, ${rssMb()} MB`);
      }
    }
  }

  /** Judges an input. What was slow is put off until nothing else is under way: a busy machine is no finding. */
  async function tryOne(input: number, isAlone: boolean): Promise<void> {
    const dice = diceOf(seed, input);
    const { parcel, subject, mustNotPass, mayCompute, filter } =
      input % expressionEvery === 0 ? expressionOf(dice, openPath) : requestOf(dice);
    const sent = {
      input,
      subject,
      mustNotPass,
      mayCompute,
      isTorn: false,
      isHead: parcel.method === 'HEAD',
      get bytes() {
        return bytesOf(parcel, authority);
      },
    };
    const reply = await answerTo(parcel, input, filter);
    if (!isAlone && isSlow(sent, reply)) late.push(input);
    else judge(report, sent, reply);
  }

  function answerTo(parcel: Parcel, input: number, filter: string | undefined): Promise<Reply> {
    if (filter !== undefined && !door.takesFilter(filter))
      return Promise.resolve({ status: 422, text: '"error":"invalid"', tookMs: 0, isClosed: false });
    return door.answer(parcel, callerOf(input), filter).catch((thrown: unknown) => ({
      status: 500,
      text: `"error":"thrown" ${String(thrown)}`,
      tookMs: 0,
      isClosed: true,
    }));
  }

  function requestOf(dice: Dice) {
    const subject = dice.pick(subjects);
    const { parcel, mustNotPass } = inputFor(subject, dice, covered.has(subject), origin);
    return { parcel, mustNotPass, subject: subject.name, mayCompute: subject.computes, filter: undefined };
  }

  const crashed = (thrown: unknown): void => {
    report.crashes += 1;
    const said = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    say(`CRASH  in inputs ${settled} to ${next - 1} (--lanes 1 --from … --inputs 1 tells which): ${said}`);
  };
  process.on('unhandledRejection', crashed);
  process.on('uncaughtException', crashed);
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    report.seconds = (performance.now() - startedAt) / 1_000;
    report.sentAgain = late.length;
    for (const input of late) await tryOne(input, true);
    report.rssMb = rssMb();
  } finally {
    process.off('unhandledRejection', crashed);
    process.off('uncaughtException', crashed);
    await door.close();
  }
  return report;
}

function expressionOf(dice: Dice, path: string) {
  const filter = expression(dice);
  const body = Buffer.from(jsonText(dice));
  const parcel = parcelOf('POST', path, { 'Content-Type': 'application/json' }, body);
  return { parcel, mustNotPass: false, subject: `filter ${filter}`, mayCompute: true, filter };
}

/** Callers change as those outside do, for one that fails too often is told to wait. */
function callerOf(input: number): string {
  const n = Math.floor(input / 25);
  return `127.${1 + (Math.floor(n / 62_500) % 250)}.${1 + (Math.floor(n / 250) % 250)}.${1 + (n % 250)}`;
}

function rssMb(): number {
  return Math.round(process.memoryUsage.rss() / 1_048_576);
}
