/** The page of promises holds every row, and every test it names is there. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'resources/docs/reliability.md'), 'utf8');
const counts = { A: 15, B: 13, C: 19, D: 10, E: 8, F: 4, N: 8 };
/** Durability, before N; what of groups H, I and K is shown elsewhere or not yet is left out. */
const durable = [
  ...Array.from({ length: 10 }, (_, n) => `G${n + 1}`),
  'H1',
  'H3',
  'H4',
  'I1',
  'I2',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'J1',
  'J2',
  'J3',
  'K1',
];
/** Rows of groups that are not shown as a whole yet, in the order of the page. */
const single = ['H2', 'M6', 'O1', 'O2', 'O3', 'P2'];
const counted = Object.entries(counts).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, n) => `${group}${n + 1}`),
);
const rows = [
  ...counted.filter((row) => row < 'G'),
  ...durable,
  ...counted.filter((row) => row > 'G'),
  ...single,
];

interface Row {
  readonly promise: string;
  readonly files: string[];
}

/** The rows of the tables, in their order. */
const written = new Map<string, Row>(
  [...page.matchAll(/^\| ([A-Z]\d+) \| (.+) \| ([^|]+) \|$/gm)].map(
    ([, row = '', promise = '', shown = '']) => [
      row,
      { promise, files: [...shown.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file) },
    ],
  ),
);

const titled = (file: string, row: string): boolean =>
  new RegExp(`['"\`](?:[A-Z]\\d+ )*${row} `).test(readFileSync(join(root, 'test', file), 'utf8'));

describe('the page of promises', () => {
  it('has every row once, in order, each with its promise', () => {
    expect([...written.keys()]).toEqual(rows);
    for (const { promise } of written.values()) expect(promise.length).toBeGreaterThan(20);
  });

  it('names a test for every row, or says in the promise why there is none', () => {
    const without = [...written].filter(([, { files }]) => files.length === 0);
    for (const [row, { promise }] of without) expect(promise, row).toMatch(/Not a test, because/);
    expect(without.map(([row]) => row)).toEqual(['C15']);
  });

  it.each(rows.filter((row) => row !== 'C15'))('%s is the beginning of a title in each file named', (row) => {
    const files = written.get(row)?.files ?? [];
    expect(files.filter((file) => !titled(file, row))).toEqual([]);
  });

  it('leaves out no file that has a test of a row', () => {
    const files = globSync('contract/**/*.ts', { cwd: join(root, 'test') });
    const missing = files.flatMap((file) =>
      rows
        .filter((row) => titled(file, row) && !written.get(row)?.files.includes(file))
        .map((row) => `${row} ${file}`),
    );
    expect(missing).toEqual([]);
  });
});
