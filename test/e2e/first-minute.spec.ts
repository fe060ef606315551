/** The first minute of a stranger: open the app, paste the one curl line, watch the request arrive and its run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { startHost, type TestHost } from '../support/host.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
let folder: TempDir;
let host: TestHost;

test.beforeEach(async () => {
  folder = makeTempDir();
  host = await startHost({ folder: folder.path, program: 'built' });
});
test.afterEach(async () => {
  await host.stop();
  folder.remove();
});

/** Opens the empty inspector and copies its command, as a person does. */
async function copyCommand(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(host.ready.admin ?? '');
  await page.getByRole('link', { name: 'Requests' }).click();
  await page.getByRole('button', { name: 'Copy command' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  return page.evaluate(() => navigator.clipboard.readText());
}

test('the pasted curl line arrives verified and walks through the canvas', async ({ page }) => {
  const command = await copyCommand(page);
  const { stdout } = await run('bash', ['-c', `${command} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ total: 124, decision: 'review' });

  await expect(page.getByText('accepted').first()).toBeVisible();
  await page.getByText('accepted').first().click();
  await page.getByRole('tab', { name: /^Verification/ }).click();
  await expect(page.getByRole('tabpanel')).toContainText('genuine');

  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByText('succeeded').first().click();
  await page.getByRole('link', { name: 'Show on canvas' }).click();
  await expect(page.locator('.react-flow__node')).toHaveCount(6);
  await expect(page.locator('.react-flow__node').filter({ hasText: 'Ask for a review' })).toContainText(
    /succeeded|review/,
  );
});

test('a refused request says why, stays the one to mend when tried again, and can be dismissed', async ({
  page,
}) => {
  const command = await copyCommand(page);
  const wrong = command.replace(/x-api-key: [\w-]+/, 'x-api-key: not-the-key');
  const { stdout } = await run('bash', ['-c', `${wrong} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ success: false, error: 'unauthorized' });

  // The very first request opens itself.
  await expect(page.getByRole('region', { name: /^Request req_/ })).toBeVisible();
  await page.getByRole('link', { name: /^Failed Triggers/ }).click();
  await expect(page.getByRole('heading', { name: 'The caller did not prove who it is' })).toBeVisible();
  await expect(page.getByText('The header x-api-key holds another key.')).toBeVisible();
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await expect(page.getByText('Refused again with 401')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Nothing failed' })).toBeVisible();
});
