/**
 * The main job, as a person does it in the browser: draw a workflow, set it up, take it live, hand out its URL, and
 * watch a signed request walk through the canvas. And what must not happen: that work is lost.
 */
import { expect, type Page, test } from '@playwright/test';
import { findSerious } from '../support/axe.ts';
import { signBody } from '../support/delivery.ts';
import { EditorPage } from '../support/editor-page.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

let folder: TempDir;
let host: TestHost;
let editor: EditorPage;

const adminUrl = (of: TestHost): string => of.ready.admin ?? '';

async function openApp(page: Page): Promise<void> {
  await page.goto(adminUrl(host));
  // The launch token leaves the address before the page is drawn: going on earlier would cross that.
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  editor = new EditorPage(page);
}

test.beforeEach(async ({ page }) => {
  folder = makeTempDir();
  host = await startHost({ folder: folder.path, program: 'built' });
  await openApp(page);
});

test.afterEach(async () => {
  await host.stop();
  folder.remove();
});

test('a workflow drawn by hand answers a signed request and shows its run on the canvas', async ({
  page,
}) => {
  await editor.addWebhookWorkflow('Order intake by hand', /FlowTrux/);

  await test.step('draw', async () => {
    await editor.drag('Transform', { x: 620, y: 480 });
    await editor.connect('Webhook', 'Transform');
    await expect(editor.edges).toHaveCount(1);
    await editor.dragOntoEdge('Condition', 'Webhook', 'Transform');
    await expect(editor.edges).toHaveCount(2);
    await expect(editor.card('Condition')).toBeVisible();
  });

  await test.step('a draft with problems can not be committed', async () => {
    await expect(page.getByRole('button', { name: 'Problems 2' })).toBeVisible();
    await page.getByRole('button', { name: 'Commit', exact: true }).click();
    await expect(editor.dialog.getByRole('button', { name: /^Commit/ })).toBeDisabled();
    await page.keyboard.press('Escape');
  });

  await test.step('set up', async () => {
    await page.getByRole('button', { name: 'Arrange the steps' }).click();
    await editor.open('Condition');
    await editor.typeCode('Condition', 'trigger.data.amount > 100');
    await editor.dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await editor.open('Transform');
    await editor.typeCode(
      'Expression',
      '{"doubled": trigger.data.amount * 2, "from": trigger.data._query.source}',
    );
    await editor.dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Problems 0' })).toBeVisible();
  });

  const { url, secret } = await test.step('what callers need', async () => {
    await editor.open('Webhook');
    const address = await editor.dialog.getByRole('group', { name: /^URL/ }).locator('code').innerText();
    const credential = editor.dialog.getByRole('group', { name: 'Secret' });
    await expect(credential.locator('code')).toHaveText(/^•+$/);
    await credential.getByRole('button', { name: 'Show Secret' }).click();
    await expect(credential.locator('code')).not.toHaveText(/^•+$/);
    const key = await credential.locator('code').innerText();
    await editor.dialog.getByRole('tab', { name: 'Response' }).click();
    await editor.dialog.getByRole('combobox', { name: 'Answer' }).click();
    await page.getByRole('option', { name: /^lastNode/ }).click();
    await editor.dialog.getByRole('button', { name: 'Update Step' }).click();
    return { url: address, secret: key };
  });

  await test.step('take it live', async () => {
    await page.getByRole('button', { name: 'Commit', exact: true }).click();
    await editor.dialog.getByRole('textbox', { name: 'Note' }).fill('First version');
    await editor.dialog.getByRole('checkbox', { name: 'Put it live at once' }).uncheck();
    await editor.dialog.getByRole('button', { name: 'Commit', exact: true }).click();
    await expect(page.getByText('not live', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Activate', exact: true }).click();
    await editor.dialog.getByRole('button', { name: 'Activate', exact: true }).click();
    await expect(page.getByText('live v1', { exact: true })).toBeVisible();
  });

  await test.step('a request with a wrong signature is refused, a right one is answered', async () => {
    const body = JSON.stringify({ amount: 150 });
    const send = (signature: string) =>
      fetch(`${url}?source=crm`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-webhook-signature': signature },
        body,
      });
    expect((await send(signBody('wrong', body))).status).toBe(401);
    const answer = await send(signBody(secret, body));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ doubled: 300, from: 'crm' });
  });

  await test.step('the run comes over the canvas by itself', async () => {
    const bar = page.getByRole('region', { name: 'Run on the canvas' });
    await expect(bar).toContainText('succeeded');
    for (const name of ['Webhook', 'Condition', 'Transform']) {
      await expect(editor.card(name).getByTestId('step-card')).toHaveAttribute('data-status', 'succeeded');
    }
    await expect(page.locator('.react-flow__edge.taken')).toHaveCount(2);
    await editor.card('Transform').click();
    const pane = page.getByRole('region', { name: 'What Transform did' });
    await expect(pane.getByRole('tree')).toContainText('300');
    await expect(page).toHaveURL(/\?run=run_/);
  });
});

test('everything goes by keyboard: adding, connecting, undoing, healing, saving', async ({ page }) => {
  await editor.addWebhookWorkflow('Keys only', /Metal/);
  await page.keyboard.press('a');
  const search = editor.palette.getByRole('textbox', { name: 'Search steps' });
  await search.focus();
  await page.keyboard.type('log');
  await page.keyboard.press('Enter');
  await expect(editor.card('Log')).toBeVisible();
  await expect(editor.edges).toHaveCount(1);
  await search.fill('delay');
  await page.keyboard.press('Enter');
  await expect(editor.edges).toHaveCount(2);

  await editor.card('Webhook').focus();
  await page.keyboard.press('Control+z');
  await expect(editor.edges).toHaveCount(1);
  await page.keyboard.press('Control+Shift+z');
  await expect(editor.edges).toHaveCount(2);

  await editor.card('Log').focus();
  await page.keyboard.press('Enter');
  await expect(editor.dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(editor.dialog).toBeHidden();

  await editor.card('Log').click();
  await page.keyboard.press('Delete');
  await expect(editor.card('Log')).toHaveCount(0);
  await expect(page.getByRole('group', { name: 'From Webhook to Delay' })).toBeVisible();
  await page.keyboard.press('Control+s');
  await editor.saved();
});

test('steps are copied as text from one workflow and pasted into another', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await editor.addWebhookWorkflow('From here', /Hookyard/);
  await editor.drag('Condition', { x: 600, y: 300 });
  await editor.connect('Webhook', 'Condition');
  await page.locator('.react-flow__pane').click({ position: { x: 300, y: 560 } });
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  const text: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(text).toMatchObject({ name: 'From here', nodes: [{ type: 'webhook' }, { type: 'condition' }] });

  await editor.addWebhookWorkflow('To there', /Hookyard/);
  await page.locator('.react-flow__pane').click({ position: { x: 300, y: 560 } });
  await page.keyboard.press('Control+v');
  await expect(page.getByTestId('step-card')).toHaveCount(3);
  await expect(editor.edges).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('step-card')).toHaveCount(1);
});

test('edits made while the app was gone are there again when it is back', async ({ page }) => {
  await editor.addWebhookWorkflow('Survivor', /Hookyard/);
  await editor.saved();
  const address = page.url();
  const { port } = new URL(adminUrl(host));
  await host.kill9();
  await editor.drag('Code', { x: 600, y: 300 });
  await expect(page.getByRole('button', { name: /^Not saved/ })).toBeVisible({ timeout: 20_000 });
  await page.goto('about:blank');

  host = await startHost({ folder: folder.path, program: 'built', options: ['--admin-port', port] });
  await openApp(page);
  await page.goto(address);
  await expect(page.getByText('that had not been saved are back')).toBeVisible();
  await expect(editor.card('Code')).toBeVisible();
  await editor.saved();
  await page.reload();
  await expect(editor.card('Code')).toBeVisible();
  await expect(page.getByText('that had not been saved are back')).toBeHidden();
});

test('a run of an older version is shown on that version, and editing on leaves a shown run where it is', async ({
  page,
}) => {
  await page.getByRole('link', { name: 'Order intake', exact: true }).click();
  await editor.open('Order received');
  await editor.dialog.getByRole('tab', { name: 'Test' }).click();
  await editor.dialog
    .getByRole('textbox', { name: 'Body' })
    .fill('{"order":"A","items":[{"price":2,"quantity":3}]}');
  await editor.dialog.getByRole('button', { name: 'Send test request' }).click();
  await expect(editor.dialog.getByRole('region', { name: 'Answer', exact: true })).toContainText('"total":6');
  await editor.dialog.getByRole('button', { name: 'Show the run' }).click();
  const bar = page.getByRole('region', { name: 'Run on the canvas' });
  await expect(bar).toContainText('succeeded');

  await editor.card('Note it').click();
  await page.keyboard.press('Delete');
  await expect(editor.card('Note it')).toHaveCount(0);
  await expect(bar).toContainText('succeeded');
  await editor.saved();
  await expect(page.getByText('changed since v1', { exact: true })).toBeVisible();

  await page.reload();
  await expect(page.getByText('This is version 1 as it ran')).toBeVisible();
  await expect(editor.card('Note it')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the draft' }).click();
  await expect(editor.card('Note it')).toHaveCount(0);
});

test('nothing serious stands in the way of people who use other tools than eyes and mouse', async ({
  page,
}) => {
  await page.getByRole('link', { name: 'Order intake', exact: true }).waitFor();
  expect(await findSerious(page)).toEqual([]);
  await page.getByRole('link', { name: 'Order intake', exact: true }).click();
  await expect(editor.card('Order received')).toBeVisible();
  await page.keyboard.press('a');
  await page.getByRole('button', { name: 'Versions' }).click();
  expect(await findSerious(page)).toEqual([]);
  await editor.open('Order received');
  for (const tab of ['Trigger', 'Style & security', 'Parameters', 'Response', 'Test']) {
    await editor.dialog.getByRole('tab', { name: tab }).click();
    expect(await findSerious(page)).toEqual([]);
  }
});
