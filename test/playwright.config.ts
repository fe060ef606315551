/**
 * Browser tests: they drive the built app (out/), each with a host and a data folder of its own.
 * One worker, because the machine's cores belong to the host under test.
 */
import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, chooseChromium } from './support/chromium.ts';

const chromium = chooseChromium();
const results = resolve(import.meta.dirname, '../test-results');

export default defineConfig({
  testDir: './e2e',
  outputDir: resolve(results, 'e2e'),
  globalSetup: './support/prepare-chromium.ts',
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: resolve(results, 'playwright.json') }]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      args: [...CHROMIUM_FLAGS],
      env: { ...process.env, ...chromium.env },
      ...(chromium.executablePath === undefined ? {} : { executablePath: chromium.executablePath }),
    },
  },
});
