/**
 * The program under test as one bundle made from the present sources in half a second, with entries of its own that know
 * the named points: hosts of it start twice as fast as from the sources, and start is what most of a kill costs.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const entries = ['headless', 'store-writer', 'sandbox-worker', 'migrate', 'retain'] as const;

export interface Program extends Disposable {
  /** For `program` of a test host. */
  readonly entry: string;
  /** Path of another entry. */
  at(name: (typeof entries)[number]): string;
}

/** Bundles; `using` removes it again. It lies in node_modules, where packages are found from. */
export async function bundleProgram(): Promise<Program> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'chaos-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    build: {
      ssr: true,
      minify: false,
      target: 'node20',
      outDir: folder,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((name) => [name, at(`${name}.ts`)])),
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  });
  return {
    entry: join(folder, 'headless.js'),
    at: (name) => join(folder, `${name}.js`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function at(name: string): string {
  return join(import.meta.dirname, 'entries', name);
}
