/**
 * `npm start`: builds what is stale, then opens the desktop app where there is a display and an Electron runtime
 * (or one can be had quickly), else starts the headless host, says in one sentence why, and prints the link to
 * the app and a curl line to try. Options after `--` go to the app either way.
 */
import './preflight.mjs';
import { spawn } from 'node:child_process';
import { buildIfStale } from './build.mjs';
import { missingDisplay, obtainElectron } from './electron-runtime.mjs';
import { startHost } from './host-for-person.mjs';
import { ROOT, exitCode, passSignals } from './project.mjs';

/** Electron ends by itself this soon only when it cannot run here at all. */
const EARLY_MS = 5_000;
/** Exit codes by which the app itself, not the runtime, says no: options, second instance, port. */
const OWN_REFUSALS = [0, 2, 3, 4];

const say = (line) => console.log(line);
const options = process.argv.slice(2);

try {
  await buildIfStale(say);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const noDisplay = missingDisplay();
const runtime = noDisplay ? { reason: noDisplay } : await obtainElectron(say);
const ended = runtime.program ? await openDesktop(runtime.program) : { reason: runtime.reason };
if (ended.code !== undefined) process.exit(ended.code);
say(`Starting without a window, because ${ended.reason}.`);
process.exit(await startHost(options, say));

/** Runs the desktop app to its end: `{code}`, or `{reason}` when the runtime could not start at all. */
function openDesktop(program) {
  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    say('Running as root: the window opens without the outer browser sandbox, which root cannot use.');
  say('Opening Hookyard …');
  const openedAt = Date.now();
  const app = spawn(program, [...(isRoot ? ['--no-sandbox'] : []), ROOT, ...options], { stdio: 'inherit' });
  passSignals(app);
  let wasAsked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      wasAsked = true;
    });
  }
  return new Promise((done) => {
    app.once('error', (error) => done({ reason: `Electron could not be started (${error.message})` }));
    app.once('exit', (code, signal) => {
      const ends = exitCode(code, signal);
      const isTooEarly = Date.now() - openedAt < EARLY_MS && !wasAsked && !OWN_REFUSALS.includes(ends);
      done(
        isTooEarly
          ? { reason: `Electron could not run here (it ended at once with code ${ends})` }
          : { code: ends },
      );
    });
  });
}
