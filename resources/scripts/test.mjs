/**
 * `npm test`: check, unit and integration tests, build, browser tests. Every phase runs even after one has failed,
 * so one run tells all. The last line is the sum, `N passed, N failed`; a phase that ended badly without
 * naming a failed test counts as one failure, so that a crash can never look like success.
 */
import './preflight.mjs';
import { readFileSync, rmSync } from 'node:fs';
import { checkAll } from './check.mjs';
import { buildIfStale } from './build.mjs';
import { at, run } from './project.mjs';

const total = { passed: 0, failed: 0 };
/** What did not run, and why: said before the sum, so that it is not taken for tested. */
const notRun = [];

rmSync(at('test-results'), { recursive: true, force: true });

await phase('Checks', async () => ({ passed: 0, failed: (await checkAll()).length }));
await phase('Unit and integration tests', () =>
  reported('vitest', ['run', '--config', 'test/vitest.config.ts'], vitestSums),
);
await phase('Build', async () => {
  await buildIfStale((line) => console.log(line));
  return { passed: 0, failed: 0 };
});
await phase('Browser tests', () =>
  reported('playwright', ['test', '--config', 'test/playwright.config.ts'], playwrightSums),
);

for (const line of notRun) console.log(`\nNot run: ${line}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function phase(title, work) {
  console.log(`\n━━ ${title}`);
  const began = Date.now();
  let sums;
  try {
    sums = await work();
  } catch (error) {
    console.error(error.message);
    sums = { passed: 0, failed: 1 };
  }
  total.passed += sums.passed;
  total.failed += sums.failed;
  console.log(`   ${sums.failed === 0 ? 'done' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** Runs a test runner that leaves a JSON report; trusts neither the report nor the exit code alone. */
async function reported(runner, args, sumsOf) {
  const { code } = await run(runner, args);
  const file = at(`test-results/${runner}.json`);
  let sums;
  try {
    sums = sumsOf(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    console.error(`${runner} left no report.`);
    sums = { passed: 0, failed: 0 };
  }
  const isSound = code === 0 && sums.passed > 0;
  return isSound || sums.failed > 0 ? sums : { ...sums, failed: 1 };
}

/** A file that could not be loaded has no tests of its own: it counts as one that failed. */
function vitestSums({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
  );
  if (numPendingTests > 0) notRun.push(`${numPendingTests} unit tests are switched off`);
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

function playwrightSums({ stats, errors, suites }) {
  const reasons = skippedIn(suites).map(
    (test) => test.annotations.find(({ type }) => type === 'skip')?.description,
  );
  for (const reason of new Set(reasons)) {
    notRun.push(
      `${reasons.filter((other) => other === reason).length} browser tests (${reason ?? 'no reason given'})`,
    );
  }
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
}

function skippedIn(suites) {
  return suites.flatMap(({ suites: inner = [], specs = [] }) => [
    ...skippedIn(inner),
    ...specs.flatMap(({ tests }) => tests.filter(({ status }) => status === 'skipped')),
  ]);
}
