/**
 * Finds an Electron runtime, or has one fetched. The npm package holds no runtime: it downloads it at first use.
 * Where that cannot work (no way out to the internet) the failure is remembered for a day, so that only the
 * first start pays for the try.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, run } from './project.mjs';

const PACKAGE = at('node_modules/electron');
const FAILED = at('node_modules/.cache/hookyard/electron-download-failed');
const TRY_MS = 10_000;
const REMEMBER_MS = 24 * 3_600_000;

const PROGRAM =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';

/** Why no window can be opened here whatever the runtime, or nothing when one can. */
export function missingDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  return 'there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)';
}

/** The runtime's program when it is there already. ELECTRON_OVERRIDE_DIST_PATH names a folder and wins. */
export function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const program = join(override || join(PACKAGE, 'dist'), PROGRAM);
  return existsSync(program) ? program : undefined;
}

/** Finds or fetches the runtime: `{program}` or `{reason}`, one clause saying why there is none. */
export async function obtainElectron(say) {
  const program = findElectron();
  if (program) return { program };
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) {
    return { reason: `ELECTRON_OVERRIDE_DIST_PATH holds no ${PROGRAM}` };
  }
  if (!existsSync(join(PACKAGE, 'install.js'))) return { reason: 'the electron package is not installed' };
  if (hasFailedLately()) {
    return { reason: `the Electron runtime could not be downloaded lately (remove ${FAILED} to try again)` };
  }
  return download(say);
}

async function download(say) {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  say(`Fetching the Electron ${version} runtime (up to ${TRY_MS / 1000} s, once) …`);
  const { output } = await run(process.execPath, [join(PACKAGE, 'install.js')], {
    capture: true,
    timeoutMs: TRY_MS,
  });
  const program = findElectron();
  if (program && existsSync(join(PACKAGE, 'path.txt'))) {
    rmSync(FAILED, { force: true });
    return { program };
  }
  mkdirSync(join(FAILED, '..'), { recursive: true });
  writeFileSync(FAILED, output);
  return { reason: 'the Electron runtime could not be downloaded' };
}

function hasFailedLately() {
  const failed = statSync(FAILED, { throwIfNoEntry: false });
  return failed !== undefined && Date.now() - failed.mtimeMs < REMEMBER_MS;
}
