/**
 * `node test/chaos/fuzz.ts [--inputs N] [--seconds N] [--seed N] [--from N]` on the sources, or `npm run chaos -- --fuzz …`
 * on the build: starts a host, aims at it, and prints what was found. Exits 1 on any finding.
 */
import { parseArgs } from 'node:util';
import { startHost } from '../support/host.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { type FuzzReport, linesOf } from './fuzz/report.ts';
import { runFuzz } from './fuzz/run-fuzz.ts';

const { values } = parseArgs({
  options: {
    fuzz: { type: 'boolean' },
    inputs: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    lanes: { type: 'string', default: '24' },
  },
});
const numbers = [values.inputs, values.seconds, values.seed, values.from, values.lanes].map(Number);
if (numbers.some((number) => !Number.isInteger(number) || number < 0)) {
  console.error('--inputs, --seconds, --seed, --from and --lanes want whole numbers.');
  process.exit(2);
}
const [inputs = 0, seconds = 0, seed = 0, from = 0, lanes = 0] = numbers;

const folder = makeTempDir();
const host = await startHost({
  folder: folder.path,
  program: values.fuzz === true ? 'built' : 'sources',
  options: ['--no-admin'],
});
const say = (line: string): void => console.log(line);
async function fuzz(): Promise<FuzzReport> {
  try {
    return await runFuzz({ host, inputs, seconds, seed, from, lanes, say });
  } finally {
    await host.stop();
  }
}
const report = await fuzz();
const complaints = host
  .log()
  .split('\n')
  .filter(
    (line) => line.includes('"level":50') || line.includes('"level":60') || line.includes('"level":"error"'),
  );
for (const line of linesOf(report)) console.log(line);
for (const line of complaints.slice(0, 10)) console.log(`LOGGED  ${line.slice(0, 600)}`);
if (complaints.length > 0) console.log(`${complaints.length} lines of errors in the log of the host.`);
folder.remove();
process.exitCode = report.findingCount > 0 || report.crashes > 0 || complaints.length > 0 ? 1 : 0;
