/**
 * `npm run headless -- <options>`: builds what is stale, then becomes the headless host. Standard output belongs
 * to the host, whose first line there is its ready line; all this script has to say goes to standard error.
 */
import './preflight.mjs';
import { spawn } from 'node:child_process';
import { buildIfStale } from './build.mjs';
import { at, exitCode, passSignals } from './project.mjs';

try {
  await buildIfStale((line) => console.error(line));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const host = spawn(process.execPath, [at('out/main/headless.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
passSignals(host);
host.once('error', (error) => {
  console.error(`The host could not be started: ${error.message}`);
  process.exit(1);
});
host.once('exit', (code, signal) => process.exit(exitCode(code, signal)));
