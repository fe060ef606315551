/**
 * The real desktop app: Electron, its window, its fences and the core inside. It needs an Electron runtime and a
 * display; where one is missing, the run says so by name instead of passing in silence. What can be shown without a
 * runtime is shown by test/main/shell on a stand-in.
 */
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { makeDelivery } from '../support/delivery.ts';
import { findRuntime } from '../support/electron.ts';
import { API_TOKEN } from '../support/host.ts';
import { makeSignedWorkflow, SIGNING_SECRET } from '../support/signed-workflow.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const runtime = findRuntime();
const notice = 'reason' in runtime ? `the desktop app: ${runtime.reason}` : '';

test.describe('the desktop app', () => {
  test.skip('reason' in runtime, notice);

  let folder: TempDir;
  let port: number;
  let electron: ElectronApplication;
  let page: Page;

  /** Program and arguments of one start; a second one on the same folders meets the first. */
  const startLine = (): { executablePath: string; args: string[]; env: Record<string, string> } => ({
    executablePath: 'program' in runtime ? runtime.program : '',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(folder.path, 'chromium')}`,
      ROOT,
      `--data-dir=${join(folder.path, 'data')}`,
      `--port=${port}`,
    ],
    env: {
      ...Object.fromEntries(
        Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      XDG_CONFIG_HOME: join(folder.path, 'config'),
      HOOKYARD_API_TOKEN: API_TOKEN,
    },
  });

  test.beforeEach(async () => {
    folder = makeTempDir();
    port = await findFreePort();
    electron = await _electron.launch(startLine());
    page = await electron.firstWindow();
  });

  test.afterEach(async () => {
    await electron.close();
    folder.remove();
  });

  test('opens one window on the built page', async () => {
    await expect(page).toHaveTitle('Hookyard');
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
    expect(page.url()).toMatch(/^app:\/\/hookyard\//);
    const count = await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(count).toBe(1);
  });

  test('gives the page nothing but the bridge', async () => {
    const found = await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in globalThis),
      bridge: Object.keys((globalThis as { hookyard?: object }).hookyard ?? {}),
    }));
    expect(found).toEqual({ node: [], bridge: ['requestPort'] });
  });

  test('stays on its page, opens no window and grants no permission', async () => {
    await page.evaluate(() => {
      window.location.href = 'https://example.com/';
    });
    await page.evaluate(() => window.open('file:///etc/passwd'));
    const geolocation = await page.evaluate(
      async () => (await navigator.permissions.query({ name: 'geolocation' })).state,
    );
    expect(geolocation).toBe('denied');
    expect(page.url()).toMatch(/^app:\/\/hookyard\//);
    expect(electron.windows()).toHaveLength(1);
  });

  test('answers a signed webhook and shows it, with the core in the same app', async () => {
    const receiver = `http://127.0.0.1:${port}`;
    const { url } = await makeSignedWorkflow(receiver, 'desktop', 1);
    const { headers, body } = makeDelivery(SIGNING_SECRET);
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    expect(answer.status).toBe(200);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Requests' }).click();
    await expect(page.getByText('/hooks/desktop').first()).toBeVisible();
  });

  test('lets a second start end by itself and keeps its window', async () => {
    const { executablePath, args, env } = startLine();
    const second = spawn(executablePath, args, { env, stdio: 'ignore' });
    const code = await new Promise((done) => second.once('exit', done));
    expect(code).toBe(0);
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  });
});

function findFreePort(): Promise<number> {
  const probe = createServer();
  return new Promise((done) => {
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}
