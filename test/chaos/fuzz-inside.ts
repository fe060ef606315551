/**
 * `npm run chaos -- --fuzz --inside [--inputs N] [--seconds N] [--seed N] [--from N]`: the stages of the receiver in this
 * process, without sockets and many times as fast. Exits 1 on any finding; `--from <input> --inputs 1` shows it again.
 */
import { parseArgs } from 'node:util';
import { makeTempDir } from '../support/temp-dir.ts';
import { linesOf } from './fuzz/report.ts';
import { runInside } from './fuzz/run-inside.ts';

const { values } = parseArgs({
  options: {
    fuzz: { type: 'boolean' },
    inside: { type: 'boolean' },
    inputs: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '7200' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    lanes: { type: 'string', default: '16' },
  },
});
const numbers = [values.inputs, values.seconds, values.seed, values.from, values.lanes].map(Number);
if (numbers.some((number) => !Number.isInteger(number) || number < 0)) {
  console.error('--inputs, --seconds, --seed, --from and --lanes want whole numbers.');
  process.exit(2);
}
const [inputs = 0, seconds = 0, seed = 0, from = 0, lanes = 0] = numbers;

// Of millions of refusals nobody reads the stack; that of a crash begins where it happened.
Error.stackTraceLimit = 3;

using folder = makeTempDir();
const say = (line: string): void => console.log(line);
const report = await runInside({ folder: folder.path, inputs, seconds, seed, from, lanes, say });
for (const line of linesOf(report)) console.log(line);
const perSecond = Math.round(report.inputs / report.seconds);
console.log(
  `${perSecond} inputs/s; the process held ${report.rssBeforeMb} MB before, ${report.rssMb} MB after.`,
);
process.exitCode = report.findingCount > 0 || report.crashes > 0 ? 1 : 0;
