/** The caller's developer and the tester: what was refused and why, sent again, compared, taken out, learned from. */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { findSerious } from '../support/axe.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { makeSignedWorkflow, SIGNING_SECRET } from '../support/signed-workflow.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';

let folder: TempDir;
let host: TestHost;
let url: string;
let workflowId: string;

test.beforeAll(async () => {
  folder = makeTempDir();
  host = await startHost({ folder: folder.path, program: 'built' });
  ({ id: workflowId, url } = await makeSignedWorkflow(host.receiver, 'callers', 1));
});
test.afterAll(async () => {
  await host.stop();
  folder.remove();
});

const sign = (body: string, secret = SIGNING_SECRET): string =>
  createHmac('sha256', secret).update(body).digest('hex');

async function deliver(body: string, signature: string): Promise<{ status: number; requestId: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Webhook-Signature': signature },
    body,
  });
  const { requestId } = (await response.json()) as { requestId: string };
  return { status: response.status, requestId };
}

/** Opens a page of the app; the token of the link is taken once, then the hash says where. */
async function open(page: Page, hash: string): Promise<void> {
  await page.goto(host.ready.admin ?? '');
  await expect(page.getByRole('navigation').first()).toBeVisible();
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}

test('a signature that does not fit is explained with its mending, and the request, changed and signed afresh, goes through', async ({
  page,
}) => {
  const body = '{"orderId":"A-1"}';
  const refused = await deliver(body, sign(`${body}\n`));
  expect(refused.status).toBe(401);
  await open(page, `#/requests/${refused.requestId}?tab=verification`);
  const detail = page.getByRole('region', { name: `Request ${refused.requestId}` });
  await expect(detail.getByText('not genuine')).toBeVisible();
  await expect(detail.getByText('with a newline at its end')).toBeVisible();
  await expect(detail.getByText(/To mend it/)).toBeVisible();
  await expect(detail).not.toContainText(SIGNING_SECRET);

  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Send again' });
  await dialog.getByLabel('Change it first').check();
  await dialog.getByRole('textbox', { name: 'Body' }).fill('{"orderId":"A-2"}');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(detail).toHaveCount(0);
  await page.getByRole('tab', { name: 'Overview' }).click();
  const sent = page.getByRole('region', { name: /^Request req_/ });
  await expect(sent.getByText('accepted', { exact: true })).toBeVisible();
  await expect(sent.getByText(/Signed afresh, changed/)).toBeVisible();
});

test('a dialog closed with Escape leaves the request behind it open', async ({ page }) => {
  const { requestId } = await deliver('{"orderId":"B-1"}', sign('{"orderId":"B-1"}'));
  await open(page, `#/requests/${requestId}`);
  const detail = page.getByRole('region', { name: `Request ${requestId}` });
  await expect(detail).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog', { name: 'Compare' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(detail).toBeVisible();
});

test('two requests are compared, and one is taken out as HAR without its signature', async ({ page }) => {
  const first = '{"orderId":"C-1","qty":1}';
  const second = '{"orderId":"C-1","qty":2}';
  await deliver(first, sign(first));
  const { requestId } = await deliver(second, sign(second));
  await open(page, `#/requests/${requestId}`);
  await expect(page.getByRole('region', { name: `Request ${requestId}` })).toBeVisible();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Compare' });
  await expect(dialog.getByRole('table', { name: 'Data: differences' }).getByText('qty')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More actions' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export as HAR' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.har$/);
  const text = await readFile(await file.path(), 'utf8');
  expect(text).toContain('"version"');
  expect(text).toContain('C-1');
  expect(text).not.toContain(sign(second));
});

test('the next request becomes the sample: its fields stand in the form as parameters', async ({ page }) => {
  await open(page, `#/workflows/${workflowId}`);
  await page.locator('.react-flow__node').first().dblclick();
  const dialog = page.getByRole('dialog', { name: 'Webhook Step Trigger' });
  await dialog.getByRole('tab', { name: 'Parameters' }).click();
  await dialog.getByRole('button', { name: 'Listen for a request' }).click();
  await expect(dialog.getByRole('timer')).toHaveText(/^[23]:\d\d$/);
  const body = '{"orderId":"D-1","lines":[{"sku":"x","qty":2}]}';
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Webhook-Signature': sign(body) },
    body,
  });
  expect(await response.json()).toMatchObject({ success: true, sample: true });
  await expect(dialog.getByText(/Arrived!/)).toBeVisible();
  await expect(dialog.getByLabel('Name of parameter 1')).toHaveValue('orderId');
});

test('all failed triggers of a cause are retried as a job that tells how it went', async ({ page }) => {
  for (const orderId of ['E-1', 'E-2', 'E-3']) {
    const body = JSON.stringify({ orderId });
    expect((await deliver(body, sign(body, 'an older secret'))).status).toBe(401);
  }
  await open(page, '#/failed');
  await page.getByRole('button', { name: 'Sign afresh and retry all' }).click();
  await page.getByRole('button', { name: 'Sign and retry all' }).click();
  await expect(page.getByText(/went through, 0 were refused/)).toBeVisible();
  await expect(page.getByText('Nothing failed')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 960, height: 640 } });

    test('the dialogs of the inspector and of a data source pass axe', async ({ page }) => {
      const body = '{"orderId":"F-1"}';
      await deliver(body, sign(body));
      const { requestId } = await deliver(body, sign(`${body} `));
      await callV1(host.receiver, 'POST', '/v1/endpoints', { name: `Feed in ${colorScheme}` });
      await open(page, `#/requests/${requestId}?tab=verification`);
      await expect(page.getByText(/To mend it/)).toBeVisible();
      await page.getByText(/Usual mistakes/).click();
      expect(await findSerious(page)).toEqual([]);
      await page.keyboard.press('e');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Change it first').check();
      await expect(dialog.getByRole('textbox', { name: 'Body' })).toBeVisible();
      expect(await findSerious(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
      await page.keyboard.press('c');
      await expect(dialog.getByLabel('With')).toBeVisible();
      expect(await findSerious(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
      await page.evaluate(() => {
        location.hash = '#/data-sources';
      });
      await page.getByRole('button', { name: 'Edit' }).first().click();
      for (const tab of ['Name', 'Style & security', 'Parameters', 'Response']) {
        await dialog.getByRole('tab', { name: tab }).click();
        expect(await findSerious(page)).toEqual([]);
      }
      await page.keyboard.press('Escape');
      await page.evaluate(() => {
        location.hash = '#/settings?section=retention';
      });
      await expect(page.getByRole('heading', { name: 'Retention' })).toBeVisible();
      expect(await findSerious(page)).toEqual([]);
    });
  });
}
