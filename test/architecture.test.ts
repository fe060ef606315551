/**
 * The floor table of the house, as a test that reads every import itself. It shares no code with the linter's
 * rules on purpose: a net that catches nothing because it sees nothing would be caught by the other.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** From the ground up. What stands on one floor does not know its neighbours. */
const FLOORS: readonly (readonly string[])[] = [
  ['shared'],
  ['main/base'],
  ['main/store', 'main/auth', 'main/providers', 'main/styles', 'main/steps', 'main/sandbox'],
  ['main/engine'],
  ['main/receiver', 'main/tunnel'],
  ['main/api'],
  ['main/app.ts'],
  ['main/headless', 'main/shell'],
  ['main/headless.ts', 'main/index.ts', 'main/store-writer.ts', 'main/sandbox-worker.ts'],
];

/** Worker entries open nothing but the folder they run. */
const WORKER_FOLDERS: Record<string, string> = {
  'main/store-writer.ts': 'main/store',
  'main/sandbox-worker.ts': 'main/sandbox',
};

/** The renderer's own floors: link, then data, then features, then app; ui stands beside data. */
const RENDERER: Record<string, readonly string[]> = {
  link: [],
  data: ['link'],
  ui: [],
  features: ['data', 'ui'],
  app: ['link', 'data', 'ui', 'features', 'theme.ts'],
};

/** Packages with one importer, by the prefixes of the files that may have them. */
const SOLE_IMPORTERS: Record<string, readonly string[]> = {
  'better-sqlite3': ['main/store/'],
  electron: ['main/shell/', 'main/index.ts', 'preload/'],
};

const LEAST_MODULES = 300;
const MOST_LINES = 300;

interface Module {
  /** Path below src/, with slashes. */
  path: string;
  text: string;
  /** What it imports: a path below src/ for our own, else the specifier as written. */
  imports: string[];
}

const modules = readModules(join(ROOT, 'src'));

function readModules(src: string): Module[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx)$/.test(name))
    .map((name) => {
      const text = readFileSync(join(src, name), 'utf8');
      const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
      return { path: name, text, imports: imports.map((to) => underSrc(src, name, to)) };
    });
}

function underSrc(src: string, from: string, to: string): string {
  return to.startsWith('.') ? relative(src, resolve(src, dirname(from), to)) : to;
}

/** The entry of the table a file belongs to, or nothing for a file outside it. */
function entryOf(path: string, entries: readonly string[]): string | undefined {
  return entries.find((entry) => (entry.endsWith('.ts') ? path === entry : path.startsWith(`${entry}/`)));
}

function heightOf(entry: string): number {
  return FLOORS.findIndex((floor) => floor.includes(entry));
}

function isOurs(to: string): boolean {
  return /^(shared|main|preload|renderer)\//.test(to);
}

/** Every import of ours that breaks a rule, as `from → to`. */
function breaches(
  of: (module: Module) => boolean,
  isAllowed: (from: string, to: string) => boolean,
): string[] {
  return modules
    .filter(of)
    .flatMap(({ path, imports }) =>
      imports.filter((to) => !isAllowed(path, to)).map((to) => `${path} → ${to}`),
    );
}

describe('the house', () => {
  test('is really being looked at', () => {
    expect(modules.length).toBeGreaterThanOrEqual(LEAST_MODULES);
    const found = modules.flatMap((module) => module.imports).filter(isOurs);
    expect(found.length).toBeGreaterThan(modules.length);
  });

  test('gives every file of shared and main a floor', () => {
    const homeless = modules
      .map((module) => module.path)
      .filter((path) => /^(shared|main)\//.test(path) && !entryOf(path, FLOORS.flat()));
    expect(homeless).toEqual([]);
  });

  test('imports go down only, never to a neighbour on the same floor', () => {
    const found = breaches(
      ({ path }) => /^(shared|main)\//.test(path),
      (from, to) => {
        if (!isOurs(to)) return true;
        const own = entryOf(from, FLOORS.flat());
        const other = entryOf(to, FLOORS.flat());
        return own !== undefined && other !== undefined && (own === other || heightOf(other) < heightOf(own));
      },
    );
    expect(found).toEqual([]);
  });

  test('a worker entry opens its own folder and no other', () => {
    const found = breaches(
      ({ path }) => path in WORKER_FOLDERS,
      (from, to) => !isOurs(to) || to.startsWith(`${WORKER_FOLDERS[from] ?? ''}/`),
    );
    expect(found).toEqual([]);
  });

  test('the page and the preload bridge know shared and themselves', () => {
    const found = breaches(
      ({ path }) => /^(renderer|preload)\//.test(path),
      (from, to) => !isOurs(to) || to.startsWith('shared/') || to.split('/')[0] === from.split('/')[0],
    );
    expect(found).toEqual([]);
  });

  test('in the page: link < data < features < app, ui beside, and features never meet', () => {
    const found = breaches(
      ({ path }) => path.startsWith('renderer/'),
      (from, to) => {
        const [, room = '', feature] = from.split('/');
        const [world, otherRoom = '', otherFeature] = to.split('/');
        if (world !== 'renderer' || !(room in RENDERER)) return true;
        if (room === 'features' && otherRoom === 'features') return feature === otherFeature;
        return otherRoom === room || (RENDERER[room] ?? []).includes(otherRoom);
      },
    );
    expect(found).toEqual([]);
  });

  test('better-sqlite3 and electron have one importer each', () => {
    const found = breaches(
      () => true,
      (from, to) => SOLE_IMPORTERS[to]?.some((prefix) => from.startsWith(prefix)) ?? true,
    );
    expect(found).toEqual([]);
  });

  test('shared and the page use no Node', () => {
    const found = breaches(
      ({ path }) => /^(shared|renderer)\//.test(path),
      (_, to) => !to.startsWith('node:'),
    );
    expect(found).toEqual([]);
  });

  test('imports of our own files name the file, with its ending', () => {
    const found = breaches(
      () => true,
      (_, to) => !isOurs(to) || /\.(ts|tsx|css|svg|json)(\?\w+)?$/.test(to),
    );
    expect(found).toEqual([]);
  });
});

describe('a file', () => {
  test(`has at most ${MOST_LINES} lines, or says in its header why it is longer`, () => {
    const tooLong = modules.filter(
      ({ text }) =>
        text.trimEnd().split('\n').length > MOST_LINES && !/longer than \d+ lines/i.test(header(text)),
    );
    expect(tooLong.map((module) => module.path)).toEqual([]);
  });

  test('begins with a comment on what it owns and why', () => {
    const bare = modules.filter(({ path, text }) => !path.endsWith('.d.ts') && header(text) === '');
    expect(bare.map((module) => module.path)).toEqual([]);
  });

  test('is named in kebab-case, a component in PascalCase', () => {
    const isKebab = (name: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.tsx?$/.test(name);
    const isComponent = (name: string): boolean => /^([A-Z][A-Za-z0-9]*)\.tsx$/.test(name);
    const odd = modules
      .map(({ path }) => path)
      .filter((path) => !isKebab(basename(path)) && !isComponent(basename(path)));
    expect(odd).toEqual([]);
  });

  test('is not a drawer for odds and ends', () => {
    const vague = /(^|[-/])(utils?|helpers?|common|managers?|services?)(?=[-/.]|$)/i;
    expect(modules.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  test('has no default export and switches no rule off', () => {
    const off = /@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable|biome-ignore|^export default/m;
    expect(modules.filter(({ text }) => off.test(text)).map((module) => module.path)).toEqual([]);
  });
});

/** The comment a file begins with, or an empty string. */
function header(text: string): string {
  return /^\s*(\/\*[\s\S]*?\*\/|(\/\/[^\n]*\n)+)/.exec(text)?.[0] ?? '';
}
