/** What a workflow was and where it goes: versions compared and restored, a file with locked secrets, its schedule. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { EditorPage } from '../support/editor-page.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { makeWorkflow } from '../support/live-workflow.ts';
import { choose, openPage, replaceCode } from '../support/open-page.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';

let folder: TempDir;
let host: TestHost;

test.beforeAll(async () => {
  folder = makeTempDir();
  host = await startHost({ folder: folder.path, program: 'built' });
});
test.afterAll(async () => {
  await host.stop();
  folder.remove();
});

test('two versions are compared field by field, and an old one is restored into the draft', async ({
  page,
}) => {
  const id = await makeWorkflow(host.receiver, {
    name: 'In two versions',
    nodes: [
      { id: 'start', type: 'manual' },
      { id: 'sum', type: 'transform', name: 'Sum', config: { expression: 'trigger.data.a + 1' } },
      { id: 'note', type: 'log', name: 'Note it', config: { message: 'done' } },
    ],
    edges: [
      { source: 'start', target: 'sum' },
      { source: 'sum', target: 'note' },
    ],
  });
  await openPage(page, host, `#/workflows/${id}`);
  const editor = new EditorPage(page);
  await editor.open('Sum');
  await replaceCode(editor.dialog, 'Expression', 'trigger.data.a + 2');
  await editor.dialog.getByRole('button', { name: 'Update Step' }).click();
  await editor.card('Note it').click();
  await page.keyboard.press('Delete');
  await editor.saved();
  await page.getByRole('button', { name: 'Commit', exact: true }).click();
  await editor.dialog.getByRole('textbox', { name: 'Note' }).fill('Two more, no note');
  await editor.dialog.getByRole('button', { name: 'Commit and activate' }).click();
  await expect(page.getByText('live v2', { exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Versions', exact: true }).click();
  const first = page.getByRole('article', { name: 'Version 1' });
  await first.getByRole('button', { name: 'Compare' }).click();
  const diff = page.getByRole('dialog', { name: 'Compare versions' });
  await choose(diff, 'After', /^v2 · Two more/);
  const steps = diff.getByRole('region', { name: 'Steps' });
  await expect(steps.getByRole('listitem').filter({ hasText: 'Note it' })).toContainText('removed');
  const changed = steps.getByRole('listitem').filter({ hasText: 'Sum' });
  await expect(changed).toContainText('before: trigger.data.a + 1');
  await expect(changed).toContainText('after: trigger.data.a + 2');
  await expect(diff.getByRole('region', { name: 'Edges' })).toContainText('sum → note');
  await page.keyboard.press('Escape');

  await first.getByRole('button', { name: 'Restore' }).click();
  await expect(editor.card('Note it')).toBeVisible();
  await expect(page.getByText('changed since v2', { exact: true })).toBeVisible();
  await expect(page.getByText('live v2', { exact: true })).toBeVisible();
  await page.reload();
  await expect(editor.card('Note it')).toBeVisible();
});

test('a file with locked secrets is reviewed elsewhere before anything is made of it, and nothing of it is live', async ({
  page,
}) => {
  await callV1(host.receiver, 'POST', '/v1/secrets', { name: 'PARTNER', value: 'a token' });
  const id = await makeWorkflow(host.receiver, {
    name: 'To be sent',
    nodes: [
      { id: 'hook', type: 'webhook', name: 'In', config: { style: 'native', auth: { scheme: 'apiKey' } } },
      { id: 'run', type: 'code', name: 'Reckon', config: { code: 'return 1;\n' } },
      {
        id: 'out',
        type: 'http',
        name: 'Pass on',
        config: {
          method: 'POST',
          url: 'https://partner.example/orders',
          auth: { scheme: 'bearer', token: '{{secrets.PARTNER}}' },
        },
      },
    ],
    edges: [
      { source: 'hook', target: 'run' },
      { source: 'run', target: 'out' },
    ],
  });
  await openPage(page, host, '#/workflows');
  await page.getByRole('button', { name: 'Actions for To be sent' }).click();
  await page.getByRole('menuitem', { name: 'Export…' }).click();
  const leaving = page.getByRole('dialog', { name: 'Export the workflow' });
  await leaving.getByLabel('Take its secrets along').check();
  await leaving.getByRole('textbox', { name: 'Passphrase' }).fill('short');
  await expect(leaving.getByRole('button', { name: 'Export' })).toBeDisabled();
  await leaving.getByRole('textbox', { name: 'Passphrase' }).fill('a long passphrase');
  const download = page.waitForEvent('download');
  await leaving.getByRole('button', { name: 'Export' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('to-be-sent.workflow.json');
  const text = await readFile(await file.path(), 'utf8');

  const elsewhere = makeTempDir();
  const other = await startHost({ folder: elsewhere.path, program: 'built' });
  try {
    await openPage(page, other, '#/workflows');
    await page.getByRole('button', { name: 'Import' }).click();
    const coming = page.getByRole('dialog', { name: 'Import a workflow' });
    await coming.getByRole('textbox', { name: /^Workflow document/ }).fill(text);
    const review = coming.getByRole('region', { name: 'Review of To be sent' });
    await expect(review).toContainText('Runs code: Reckon');
    await expect(review).toContainText('Sends to: partner.example:443 (Pass on)');
    await expect(review).toContainText('Opens URLs: In (native)');
    await expect(review).toContainText('Uses secrets: PARTNER (not here)');
    await coming.getByRole('textbox', { name: 'Passphrase of its secrets' }).fill('not this one at all');
    await expect(coming.getByText(/passphrase/i).last()).toBeVisible();
    await coming.getByRole('textbox', { name: 'Passphrase of its secrets' }).fill('a long passphrase');
    await coming.getByLabel('Take over its keys and credentials').check();
    await coming.getByRole('button', { name: 'Import' }).click();
    await expect(page).toHaveURL(/#\/workflows\/wf_/);
    await expect(page.getByText('draft', { exact: true })).toBeVisible();
    const made = /wf_\w+/.exec(page.url())?.[0];
    const { body } = await callV1(other.receiver, 'GET', `/v1/workflows/${made}`);
    expect(body).toMatchObject({ enabled: false, activeVersion: null });
    expect(made).not.toBe(id);
  } finally {
    await other.stop();
    elsewhere.remove();
  }
});

test('a schedule tells when it comes next, what is wrong with it, and stands among the triggers', async ({
  page,
}) => {
  const id = await makeWorkflow(host.receiver, {
    name: 'On the hour',
    nodes: [
      {
        id: 'clock',
        type: 'schedule',
        name: 'Every hour',
        config: { cron: '0 * * * *', timeZone: 'Europe/Berlin' },
      },
      { id: 'note', type: 'log', config: { message: 'tick' } },
    ],
    edges: [{ source: 'clock', target: 'note' }],
  });
  await openPage(page, host, `#/workflows/${id}`);
  const editor = new EditorPage(page);
  await editor.open('Every hour');
  const times = editor.dialog.getByRole('status').filter({ hasText: 'Comes next' });
  await expect(times).toContainText('by the clock of Europe/Berlin');
  await expect(times.getByRole('listitem').first()).toContainText(/:00:00/);
  await editor.dialog.getByRole('textbox', { name: 'Times' }).fill('0 25 * * *');
  await expect(editor.dialog.getByRole('alert')).toContainText(/hour/i);
  await editor.dialog.getByRole('textbox', { name: 'Times' }).fill('30 6 * * *');
  await expect(times.getByRole('listitem').first()).toContainText('06:30:00');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();

  await page.getByRole('link', { name: 'Manage Triggers' }).click();
  const row = page.getByRole('row').filter({ hasText: 'Every hour' });
  await expect(row).toContainText('0 * * * * Europe/Berlin');
  await expect(row).toContainText(/next in \d+ (min|s)/);
});
