/**
 * Dialogs, drawers and views that no address opens by itself, in light and in dark, at both sizes people have: readers
 * can use them. A picture of each is kept with the results.
 */
import { expect, type Page, test } from '@playwright/test';
import { findSerious } from '../support/axe.ts';
import { EditorPage } from '../support/editor-page.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { callWorkflow, makeWorkflow, startByCall } from '../support/live-workflow.ts';
import { choose, goTo, openPage } from '../support/open-page.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';

const asking = {
  name: 'Expenses',
  nodes: [
    {
      id: 'hook',
      type: 'webhook',
      name: 'Reported',
      config: { style: 'native', auth: { scheme: 'apiKey' } },
    },
    {
      id: 'ask',
      type: 'approval',
      name: 'Ask the manager',
      config: {
        title: 'Pay {{trigger.data.amount}} to {{trigger.data.employee}}?',
        message: 'For: {{trigger.data.purpose}}',
        assignee: 'the travel desk',
        timeoutSeconds: 604_800,
        fields: [
          {
            name: 'account',
            label: 'Account',
            type: 'select',
            required: true,
            options: ['Travel', 'Office'],
          },
          { name: 'paid', label: 'Amount to pay', type: 'number', help: 'Empty: as reported.' },
          { name: 'receipt', label: 'The receipt is there', type: 'boolean' },
        ],
      },
    },
    { id: 'sum', type: 'code', name: 'Reckon', config: { code: 'return input.steps.ask.output.form;\n' } },
  ],
  edges: [
    { source: 'hook', target: 'ask' },
    { source: 'ask', target: 'sum' },
  ],
};

const sent = {
  name: 'From elsewhere',
  nodes: [
    { id: 'clock', type: 'schedule', name: 'Every night', config: { cron: '0 2 * * *' } },
    { id: 'sum', type: 'code', name: 'Reckon', config: { code: 'return 1;\n' } },
    {
      id: 'out',
      type: 'http',
      name: 'Pass on',
      config: { url: 'https://partner.example/in', auth: { scheme: 'bearer', token: '{{secrets.PARTNER}}' } },
    },
  ],
  edges: [
    { source: 'clock', target: 'sum' },
    { source: 'sum', target: 'out' },
  ],
};

for (const { colorScheme, viewport } of [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 960, height: 640 } },
] as const) {
  test.describe(`in ${colorScheme} at ${viewport.width}×${viewport.height}`, () => {
    test.use({ colorScheme, viewport });
    let folder: TempDir;
    let host: TestHost;
    let workflow: string;
    let run: string;

    test.beforeAll(async () => {
      folder = makeTempDir();
      host = await startHost({ folder: folder.path, program: 'built' });
      workflow = await makeWorkflow(host.receiver, asking);
      run = await startByCall(host.receiver, workflow, {
        employee: 'Ada',
        amount: 740,
        purpose: 'Train to Lyon',
      });
      const purpose = `Flight to Lisbon by way of ${'Frankfurt and '.repeat(12)}Porto, with_a_word_of_${'x'.repeat(90)}`;
      await callWorkflow(host.receiver, workflow, { employee: 'Bob', amount: 9_000, purpose });
      await callV1(host.receiver, 'PUT', `/v1/workflows/${workflow}`, {
        ...asking,
        description: 'Larger expenses are asked for.',
        nodes: asking.nodes.slice(0, 2),
        edges: asking.edges.slice(0, 1),
      });
      const fields = [
        { name: 'number', type: 'string', required: true, unique: true },
        { name: 'state', type: 'select', options: ['new', 'sold'] },
        { name: 'stock', type: 'number' },
      ];
      const many = Array.from({ length: 14 }, (_, at) => ({ name: `measure${at + 1}`, type: 'number' }));
      await callV1(host.receiver, 'POST', '/v1/entities', { name: 'Wide', fields: many });
      await callV1(host.receiver, 'POST', '/v1/entities/Wide/records', { measure1: 1_200, measure14: 7 });
      await callV1(host.receiver, 'POST', '/v1/entities', { name: 'Part', fields });
      for (const number of ['P-1', 'P-2', `P-3 ${'with a long name '.repeat(8)}`]) {
        await callV1(host.receiver, 'POST', '/v1/entities/Part/records', { number, state: 'new', stock: 4 });
      }
    });
    test.afterAll(async () => {
      await host.stop();
      folder.remove();
    });

    /** Looks at the page as it is: nothing serious stands in the way, and nothing is wider than the window. */
    async function look(page: Page, name: string): Promise<void> {
      await page.screenshot({ path: test.info().outputPath(`${name}.png`), animations: 'disabled' });
      expect(await findSerious(page), name).toEqual([]);
      expect(
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
        name,
      ).toBeLessThanOrEqual(0);
    }

    test('what waits for a person, and what is told', async ({ page }) => {
      await openPage(page, host, '#/runs?view=approvals');
      await expect(page.getByRole('region', { name: 'Pay 740 to Ada?' })).toBeVisible();
      await page.getByRole('button', { name: 'Approve' }).first().click();
      await expect(page.getByRole('combobox', { name: 'Account' }).first()).toHaveAttribute(
        'aria-invalid',
        'true',
      );
      await look(page, 'approvals');
      await goTo(page, `#/runs/${run}`);
      await expect(page.getByRole('region', { name: `Run ${run}` })).toBeVisible();
      await look(page, 'approval-in-run');
      await page.getByRole('button', { name: /^Notifications/ }).click();
      const drawer = page.getByRole('dialog', { name: 'Notifications' });
      await expect(drawer.getByRole('listitem')).toHaveCount(2);
      await look(page, 'notifications');
      await drawer.getByRole('button', { name: 'Clear' }).click();
      await expect(drawer.getByRole('heading', { name: 'Nothing to tell' })).toBeVisible();
      await look(page, 'notifications-none');
    });

    test('dialogs of workflows', async ({ page }) => {
      await openPage(page, host, '#/workflows');
      await page.getByRole('button', { name: 'Add workflow' }).first().click();
      await choose(page.getByRole('dialog'), 'Template', 'Expense approval');
      await look(page, 'add-workflow');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Actions for Expenses' }).click();
      await page.getByRole('menuitem', { name: 'Export…' }).click();
      await page.getByLabel('Take its secrets along').check();
      await look(page, 'export');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      const file = JSON.stringify({ format: 'hookyard.workflow', version: 1, workflow: sent }, null, 2);
      await page
        .getByRole('dialog')
        .getByRole('textbox', { name: /^Workflow document/ })
        .fill(file);
      await expect(page.getByRole('region', { name: 'Review of From elsewhere' })).toBeVisible();
      await look(page, 'import-review');
    });

    test('dialogs of the editor', async ({ page }) => {
      await openPage(page, host, `#/workflows/${workflow}`);
      const editor = new EditorPage(page);
      await editor.open('Ask the manager');
      await expect(editor.dialog.getByRole('region', { name: /1$/ }).first()).toBeVisible();
      await look(page, 'step-with-rows');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Versions', exact: true }).click();
      await page.getByRole('button', { name: 'Compare' }).click();
      await expect(page.getByRole('region', { name: 'Steps' })).toContainText('Reckon');
      await look(page, 'diff');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Test the draft' }).click();
      await choose(page.getByRole('dialog'), 'Captured request', /57 B$/);
      await look(page, 'test-run');
      await page.keyboard.press('Escape');
      const clock = await makeWorkflow(host.receiver, { ...sent, name: 'Nightly' }, false);
      await goTo(page, `#/workflows/${clock}`);
      await editor.open('Every night');
      await expect(editor.dialog.getByText(/^Comes next/)).toBeVisible();
      await look(page, 'schedule');
    });

    test('records, their fields, filters and files', async ({ page }) => {
      await openPage(page, host, '#/records/Part');
      await page.getByRole('button', { name: 'Filter' }).click();
      const form = page.getByRole('dialog').filter({ hasText: 'Rule' });
      await choose(form, 'Field', 'stock');
      await choose(form, 'Rule', 'is at least');
      await form.getByRole('textbox', { name: 'Value' }).fill('4');
      await look(page, 'filter');
      await form.getByRole('button', { name: 'Add' }).click();
      await expect(page.getByRole('button', { name: /^Remove condition/ })).toBeVisible();
      await page.getByLabel('Choose all records shown').check();
      await look(page, 'records');
      await page.getByRole('button', { name: 'Fields' }).click();
      await expect(page.getByRole('group', { name: 'Field 3' })).toBeVisible();
      await look(page, 'entity');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Import' }).click();
      await page.locator('input[type=file]').setInputFiles({
        name: 'parts.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('number,state,stock,colour\nP-7,new,1,red\nP-8,lost,many,blue\n,new,3,\n'),
      });
      await expect(page.getByText('3 rows: 1 new')).toBeVisible();
      await look(page, 'import-records');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Edit' }).first().click();
      await look(page, 'record');
      await page.getByRole('dialog').getByText('History', { exact: true }).click();
      await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(1);
      await look(page, 'record-history');
      await goTo(page, '#/records/Wide');
      await expect(page.getByRole('columnheader', { name: 'measure14' })).toBeAttached();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await look(page, 'records-wide');
    });

    test('settings of mail and runs, and a run to be edited', async ({ page }) => {
      await openPage(page, host, '#/settings?section=mail');
      await expect(page.getByRole('heading', { level: 2, name: 'Mail' })).toBeVisible();
      await look(page, 'settings-mail');
      await goTo(page, '#/settings?section=runs');
      await expect(page.getByRole('heading', { level: 2, name: 'Runs' })).toBeVisible();
      await look(page, 'settings-runs');
      await goTo(page, '#/triggers');
      await expect(page.getByRole('region', { name: 'Triggers' })).toBeVisible();
      await look(page, 'triggers');
      await callV1(host.receiver, 'POST', `/v1/workflow-runs/${run}/cancel`, {});
      await goTo(page, `#/runs/${run}`);
      await page
        .getByRole('region', { name: `Run ${run}` })
        .getByRole('button', { name: 'Edit and run again', exact: true })
        .click();
      await choose(page.getByRole('dialog'), 'Begin at', 'Ask the manager');
      await look(page, 'edit-run');
    });
  });
}
