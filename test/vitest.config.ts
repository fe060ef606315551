/**
 * Unit and integration tests: real HTTP, real SQLite files, real child processes. The time limits are wide
 * because such tests share two cores; a test that waits polls a condition and ends with it.
 */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = resolve(import.meta.dirname, '..');

export default defineConfig({
  root,
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    env: { NO_COLOR: '1' },
  },
});
