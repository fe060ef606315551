/**
 * Finds a Chromium for the browser tests and makes it ready, so that `npm test` needs no apt step.
 * Order: HOOKYARD_CHROMIUM, the one shipped by npm (Linux x64), one the system has, Playwright's own.
 * The npm one is packed: it is unpacked once into a folder named after its version, moved into place
 * whole, and brings its own libraries and a font, so a bare machine draws text as well.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** Where the packed browser is unpacked, one folder per version. */
const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/chromium');

const SYSTEM_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** A browser as Playwright's `launchOptions` want it, and the step that must have run before. */
export interface ChromiumChoice {
  /** Where it comes from, for the one line printed before the tests. */
  source: 'HOOKYARD_CHROMIUM' | 'npm' | 'system' | 'playwright';
  /** Undefined: Playwright looks for the browser it downloaded itself. */
  executablePath: string | undefined;
  /** Variables for the browser's process, beside the present ones. */
  env: Record<string, string>;
  /** Unpacks where needed; safe to call from several processes at once. */
  prepare: () => Promise<void>;
}

/** Flags for a test browser that may run as root in a container. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/** The browser to use on this machine; decides by looking at files, starts nothing. */
export function chooseChromium(): ChromiumChoice {
  const named = process.env.HOOKYARD_CHROMIUM;
  if (named) return ready('HOOKYARD_CHROMIUM', named);
  const packed = process.platform === 'linux' && process.arch === 'x64' ? packedChromium() : undefined;
  if (packed) return packed;
  const system = SYSTEM_PLACES.find((place) => existsSync(place));
  return system ? ready('system', system) : ready('playwright', undefined);
}

function ready(source: ChromiumChoice['source'], executablePath: string | undefined): ChromiumChoice {
  return { source, executablePath, env: {}, prepare: () => Promise.resolve() };
}

function packedChromium(): ChromiumChoice | undefined {
  const entry = resolvePackage();
  if (!entry) return undefined;
  const home = join(CACHE, entry.version);
  const env = { LD_LIBRARY_PATH: join(home, 'al2023/lib'), FONTCONFIG_PATH: join(home, 'fonts') };
  const executablePath = join(home, 'chromium');
  const prepare = async (): Promise<void> => {
    if (!existsSync(executablePath)) await unpack(join(entry.folder, 'bin'), home);
  };
  return { source: 'npm', executablePath, env, prepare };
}

function resolvePackage(): { folder: string; version: string } | undefined {
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = dirname(dirname(require.resolve('@sparticuz/chromium')));
  } catch {
    return undefined;
  }
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const version = (manifest as { version: string }).version;
  return { folder, version };
}

/** The package unpacks into the temporary folder under fixed names: give it a fresh one, then move that whole. */
async function unpack(bin: string, home: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium');
  const fresh = `${home}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = fresh;
  try {
    const packs = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];
    await Promise.all(packs.map((pack) => inflate(join(bin, pack))));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  writeFileSync(join(fresh, 'fonts/fonts.conf'), fontSettings(home));
  try {
    renameSync(fresh, home);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(home, 'chromium'))) throw error;
  }
}

/** The package's own font settings name folders of another machine; these name ours, and the system's. */
function fontSettings(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts/fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(home, 'fonts/cache')}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
}
