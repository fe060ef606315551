/**
 * Builds out/ when, and only when, something it is made of is newer. A stamp with the time the last good
 * build began is compared with the newest file or folder time of the sources, so removed files count too.
 */
import './preflight.mjs';
import { readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { at, run } from './project.mjs';

const STAMP = at('out/.built');
const SOURCES = ['src', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];
const PROOFS = ['out/main/headless.js', 'out/renderer/index.html'];

/** Builds if needed; `say` gets the progress lines. Throws with the builder's own words when it fails. */
export async function buildIfStale(say) {
  const reason = staleness();
  if (reason) await build(say, reason);
}

/** Makes the next start build: something else is about to write to out/. */
export function forgetBuild() {
  rmSync(STAMP, { force: true });
}

async function build(say, reason) {
  const began = new Date();
  say(`Building Hookyard (${reason}) …`);
  forgetBuild();
  const { code, output } = await run('electron-vite', ['build', '--logLevel', 'warn'], { capture: true });
  if (code !== 0) throw new Error(`The build failed:\n${output.trim()}`);
  writeFileSync(STAMP, '');
  utimesSync(STAMP, began, began);
  say(`Built in ${((Date.now() - began.getTime()) / 1000).toFixed(1)} s.`);
}

/** Why a build is due, or nothing when out/ is fresh. */
function staleness() {
  let builtAt;
  try {
    builtAt = statSync(STAMP).mtimeMs;
    for (const proof of PROOFS) readFileSync(at(proof));
  } catch {
    return 'first start';
  }
  return SOURCES.some((source) => newestIn(at(source)) >= builtAt) ? 'sources changed' : undefined;
}

function newestIn(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestIn(`${path}/${name}`)),
    stats.mtimeMs,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const say = (line) => console.log(line);
    await (process.argv.includes('--if-stale') ? buildIfStale(say) : build(say, 'asked for'));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
