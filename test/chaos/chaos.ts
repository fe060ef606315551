/**
 * `npm run chaos [-- --long | --rounds N]`: kills the built host under load, 20 rounds unless told (200 with --long),
 * and prints what was promised and what was found. Exits 1 on any broken promise and keeps the data for a look.
 * With `--fuzz`, `--forge`, `--slow` or `--timing` first, another way of trying it, with options of its own.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeTempDir } from '../support/temp-dir.ts';
import { runChaos } from './run-chaos.ts';

const others: Readonly<Record<string, () => Promise<unknown>>> = {
  '--fuzz': () => (process.argv.includes('--inside') ? import('./fuzz-inside.ts') : import('./fuzz.ts')),
  '--forge': () => import('./forge-run.ts'),
  '--slow': () => import('./slow-sockets.ts'),
  '--timing': () => import('./timing.ts'),
};
const other = Object.hasOwn(others, process.argv[2] ?? '') ? others[process.argv[2] ?? ''] : undefined;
if (other !== undefined) {
  await other();
  process.exit();
}

const { values } = parseArgs({
  options: { long: { type: 'boolean', default: false }, rounds: { type: 'string' } },
});
const rounds = values.rounds === undefined ? (values.long ? 200 : 20) : Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error('--rounds wants a whole number from 1 on.');
  process.exit(2);
}
if (!existsSync(join(resolve(import.meta.dirname, '../..'), 'out/main/headless.js'))) {
  console.error('There is no build to try: run `npm run build` first.');
  process.exit(2);
}

const folder = makeTempDir();
const report = await runChaos({
  rounds,
  folder: folder.path,
  program: 'built',
  say: (line) => console.log(line),
});
console.log(
  `\n${report.rounds} kills: ${report.promised} promised, ${report.stored} stored, ${report.finished} runs finished, ` +
    `${report.recovered} recovered from a lost answer, slowest start ${Math.round(report.slowestStartMs)} ms`,
);
for (const fault of report.faults.slice(0, 50)) console.log(`BROKEN  ${fault}`);
if (report.faults.length === 0) {
  folder.remove();
  console.log('Every promise was kept: stored once, byte for byte, run finished, database sound.');
} else {
  console.log(`${report.faults.length} broken promises; the data is in ${folder.path}.`);
  process.exitCode = 1;
}
