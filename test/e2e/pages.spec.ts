/** Every page, in light and in dark, at both sizes people have: it opens without an error and readers can use it. */
import { expect, test } from '@playwright/test';
import { findSerious } from '../support/axe.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';

/** Pages by their hash, with the heading each shows. */
const pages = [
  ['workflows', 'Workflows'],
  ['requests', 'Requests'],
  ['runs', 'Runs'],
  ['triggers', 'Manage Triggers'],
  ['failed', 'Failed Triggers'],
  ['data-sources', 'Data Sources'],
  ['records', 'Records'],
  ['api-docs', 'API docs'],
  ['settings', 'Settings'],
] as const;

for (const { colorScheme, viewport } of [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 960, height: 640 } },
] as const) {
  test.describe(`in ${colorScheme} at ${viewport.width}×${viewport.height}`, () => {
    test.use({ colorScheme, viewport });
    let folder: TempDir;
    let host: TestHost;

    test.beforeAll(async () => {
      folder = makeTempDir();
      host = await startHost({ folder: folder.path, program: 'built' });
      // Something to show on every page: an accepted request, a refused one, a data source.
      await callV1(host.receiver, 'POST', '/v1/endpoints', { name: 'Shared orders' });
      const { body } = await callV1(host.receiver, 'GET', '/v1/endpoints?kind=dedicated');
      const [endpoint] = (body as { items: { id: string; url: string }[] }).items;
      await callV1(host.receiver, 'POST', `/v1/endpoints/${endpoint?.id}/test`, {});
      const refused = await fetch(endpoint?.url ?? '', { method: 'POST', body: '{}' });
      expect(refused.status).toBe(401);
    });
    test.afterAll(async () => {
      await host.stop();
      folder.remove();
    });

    test('every page opens without an error and passes axe', async ({ page }) => {
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      await page.goto(host.ready.admin ?? '');
      for (const [hash, heading] of pages) {
        await test.step(heading, async () => {
          await page.evaluate((to) => {
            location.hash = `#/${to}`;
          }, hash);
          await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
          await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
          expect(await findSerious(page)).toEqual([]);
        });
      }
      expect(faults).toEqual([]);
    });

    test('a request and its run open with all they hold', async ({ page }) => {
      await page.goto(host.ready.admin ?? '');
      await page.evaluate(() => {
        location.hash = '#/requests';
      });
      await page.getByText('accepted').first().click();
      for (const tab of ['Headers', 'Query', 'Body', 'Verification', 'Response', 'Runs']) {
        await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
        await expect(page.getByRole('tabpanel')).toBeVisible();
        expect(await findSerious(page)).toEqual([]);
      }
      await page.evaluate(() => {
        location.hash = '#/runs';
      });
      await page.getByText('succeeded').first().click();
      await expect(page.getByText('Add up the items').first()).toBeVisible();
      expect(await findSerious(page)).toEqual([]);
    });
  });
}
