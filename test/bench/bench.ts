/**
 * `npm run bench [-- --quick] [--only <name>]… [--rounds N] [--seconds N] [--stored N] [--disk <folder>]`: the product's
 * figures beside a bare Koa in the same run, as value, ratio, goal and verdict. Everything is on: signatures, capture,
 * dedupe, runs. Exits 1 when a measurement failed, not when a goal was missed: the machine has a say in those.
 */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { sizeFigures } from './at-size.ts';
import type { BenchSettings, Figure, Row } from './figure.ts';
import { latencyFigures } from './latency.ts';
import { throughputFigures } from './throughput.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FIGURES: readonly Figure[] = [...throughputFigures, ...latencyFigures, ...sizeFigures];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    stored: { type: 'string' },
    disk: { type: 'string' },
  },
});

const unknown = values.only.filter((name) => !FIGURES.some((figure) => figure.name === name));
if (unknown.length > 0)
  refuse(`--only knows ${FIGURES.map(({ name }) => name).join(', ')}; not ${unknown.join(', ')}.`);
if (!existsSync(resolve(ROOT, 'out/main/headless.js')))
  refuse('There is no build to measure: run `npm run build` first.');

const disk = resolve(values.disk ?? resolve(ROOT, 'node_modules/.cache/hookyard/bench'));
mkdirSync(disk, { recursive: true });
const settings: BenchSettings = {
  disk,
  rounds: wholeNumber('--rounds', values.rounds, values.quick ? 1 : 5),
  seconds: wholeNumber('--seconds', values.seconds, values.quick ? 3 : 6),
  stored: wholeNumber('--stored', values.stored, values.quick ? 20_000 : 200_000),
  say: (line) => console.error(line),
};

const rows: Row[] = [];
let failures = 0;
for (const figure of FIGURES.filter(({ name }) => values.only.length === 0 || values.only.includes(name))) {
  settings.say(`${figure.name} …`);
  try {
    rows.push(...(await figure.measure(settings)));
  } catch (error) {
    failures += 1;
    const [fault = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    rows.push({
      name: figure.name,
      value: 'not measured',
      reference: fault,
      ratio: '',
      goal: '',
      isMet: false,
    });
  }
}

console.log(describeMachine());
printTable(rows);
if (values.disk === undefined) rmSync(disk, { recursive: true, force: true });
process.exitCode = failures === 0 ? 0 : 1;

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) refuse(`${name} wants a whole number from 1 on, not "${text}".`);
  return value;
}

function refuse(line: string): never {
  console.error(line);
  process.exit(2);
}

function describeMachine(): string {
  const [cpu] = cpus();
  const built = statSync(resolve(ROOT, 'out/main/headless.js'))
    .mtime.toISOString()
    .slice(0, 16)
    .replace('T', ' ');
  return [
    `\n${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}`,
    `${settings.rounds} × ${settings.seconds} s a figure, Koa and Hookyard in turn, client on the same machine, built ${built} UTC\n`,
  ].join('\n');
}

function printTable(table: readonly Row[]): void {
  const cells = [
    ['figure', 'Hookyard', 'against', 'ratio', 'goal', 'met'],
    ...table.map(({ name, value, reference, ratio, goal, isMet }) => [
      name,
      value,
      reference,
      ratio,
      goal,
      isMet === undefined ? '' : isMet ? 'yes' : 'NO',
    ]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of cells)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
