/** Whether the desktop app can be opened on this machine, and how: the same places `npm start` looks at. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DIST = resolve(import.meta.dirname, '../../node_modules/electron/dist');
const PROGRAMS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** The runtime's program, or one clause on why the desktop tests cannot run here. */
export function findRuntime(): { program: string } | { reason: string } {
  const program = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? DIST,
    PROGRAMS[process.platform] ?? 'electron',
  );
  if (!existsSync(program)) return { reason: `no Electron runtime at ${program}` };
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return hasDisplay ? { program } : { reason: 'no display for a window' };
}
