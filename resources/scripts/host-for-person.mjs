/**
 * Runs the built headless host for a person at a terminal: turns its ready line into words, a link and a curl
 * line that works at once, and opens a browser where there is one.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { at, exitCode, passSignals } from './project.mjs';
import { missingDisplay } from './electron-runtime.mjs';

/** Runs the host to its end and resolves to its exit code. */
export function startHost(options, say) {
  const host = spawn(process.execPath, [at('out/main/headless.js'), ...options], {
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  passSignals(host);
  let isReady = false;
  createInterface({ input: host.stdout }).on('line', (line) => {
    const ready = isReady ? undefined : readyLine(line);
    if (!ready) return say(line);
    isReady = true;
    introduce(ready, say);
    if (ready.admin) openBrowser(ready.admin);
  });
  return new Promise((done) => {
    host.once('error', (error) => {
      console.error(`The host could not be started: ${error.message}`);
      done(1);
    });
    host.once('close', (code, signal) => done(exitCode(code, signal)));
  });
}

function readyLine(line) {
  try {
    const parsed = JSON.parse(line);
    return parsed.event === 'ready' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function introduce({ receiver, admin, dataDir, version }, say) {
  say('');
  say(`Hookyard ${version} is running.`);
  if (admin) say(`  Open it      ${admin}`);
  say(`  Webhooks at  ${receiver}`);
  say(`  Data in      ${dataDir}`);
  const curl = sampleCurl(dataDir);
  if (curl) say(`\nTry it: paste this into another terminal and watch the request arrive.\n\n${curl}`);
  say('\nCtrl-C stops it.');
}

/** The signed request for the sample workflow, written beside the data at first start. */
function sampleCurl(dataDir) {
  try {
    return readFileSync(join(dataDir, 'sample-curl.txt'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Opens the link where a browser can show itself; BROWSER=none or CI keep it closed. Failing is no fault. */
function openBrowser(url) {
  if (missingDisplay() || process.env.CI || process.env.BROWSER === 'none') return;
  const opener = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '""', url] }[process.platform] ?? [
    'xdg-open',
    url,
  ];
  const child = spawn(opener[0], opener.slice(1), { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
}
