/**
 * `npm run check`: everything a machine can say about the sources without running them. The checks run side by
 * side; each prints its name and time, and its own words only when it objects. Exits 1 if any does.
 */
import './preflight.mjs';
import { fileURLToPath } from 'node:url';
import { checkImports } from './check-imports.mjs';
import { checkLockfile } from './check-lockfile.mjs';
import { run } from './project.mjs';

const tool =
  (command, ...args) =>
  () =>
    run(command, args, { capture: true });

const CHECKS = [
  ['types', tool('tsc', '-b')],
  ['lint', tool('oxlint', '--type-aware', '--deny-warnings')],
  ['format', tool('biome', 'format', '.')],
  ['imports', checkImports],
  ['dead code', tool('knip', '--no-progress')],
  ['lockfile', checkLockfile],
];

/** Runs every check and resolves to the names of those that object. */
export async function checkAll() {
  const verdicts = await Promise.all(
    CHECKS.map(async ([name, check]) => {
      const began = Date.now();
      const { code, output } = await check();
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
      return { name, code, output };
    }),
  );
  const objections = verdicts.filter((verdict) => verdict.code !== 0);
  for (const { name, output } of objections) console.log(`\n── ${name} ──\n${output.trim()}`);
  return objections.map((verdict) => verdict.name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const objecting = await checkAll();
  console.log(objecting.length === 0 ? '\nAll checks passed.' : `\nObjections: ${objecting.join(', ')}.`);
  process.exit(objecting.length === 0 ? 0 : 1);
}
