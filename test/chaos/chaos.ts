/**
 * `npm run chaos [-- --long] [--only <name>]…`, `--backlog` for `--long --only backlog`: tries the promises of RELIABILITY in every way of trials.ts, as the tests
 * do or much longer, and prints what was done and what was broken. Exits 1 on any broken promise and on a void trial.
 * With `--fuzz`, `--forge`, `--slow` or `--timing` first, another way of trying it, with options of its own.
 */
import { parseArgs } from 'node:util';
import { bundleProgram } from './program.ts';
import { trials } from './trials.ts';

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
  options: {
    long: { type: 'boolean', default: false },
    backlog: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const isLong = values.long || values.backlog;
const only = values.backlog ? [...values.only, 'backlog'] : values.only;
const names = trials.map(({ name }) => name);
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`--only knows ${names.join(', ')}; not ${unknown.join(', ')}.`);
  process.exit(2);
}

using program = await bundleProgram();
for (const { name, title, run, whyNot } of trials) {
  if (only.length > 0 && !only.includes(name)) continue;
  const beganAt = performance.now();
  console.log(`\n${title}`);
  const reason = whyNot?.();
  if (reason !== undefined) {
    console.log(`NOT TRIED  ${reason}`);
    continue;
  }
  const say = (line: string): void => console.log(`  ${line}`);
  try {
    const { figures, faults } = await run({ isLong, program, say });
    for (const fault of faults.slice(0, 50)) console.log(`BROKEN  ${fault}`);
    const seconds = ((performance.now() - beganAt) / 1_000).toFixed(0);
    console.log(`${faults.length === 0 ? 'kept   ' : 'BROKEN '} ${figures} (${seconds} s)`);
    if (faults.length > 0) process.exitCode = 1;
  } catch (error) {
    console.log('BROKEN  the trial itself failed:', error);
    process.exitCode = 1;
  }
}
