/** Records as whoever keeps the books sees them: fields with rules, filters, files in and out, and who changed what. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { startHost, type TestHost } from '../support/host.ts';
import { callWorkflow, makeWorkflow } from '../support/live-workflow.ts';
import { choose, openPage } from '../support/open-page.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

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

/** Adds an entity of parts by the dialog: a number nobody else has, a state, a stock. */
async function addParts(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add entity' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add entity' });
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Part');
  const first = dialog.getByRole('group', { name: 'Field 1' });
  await first.getByRole('textbox', { name: 'Field 1' }).fill('number');
  await first.getByLabel('Required').check();
  await first.getByLabel('No two alike').check();
  await dialog.getByRole('button', { name: 'Add field' }).click();
  const second = dialog.getByRole('group', { name: 'Field 2' });
  await second.getByRole('textbox', { name: 'Field 2' }).fill('state');
  await choose(second, 'Type of field 2', 'Choice');
  await second.getByLabel('Choices').fill('new');
  await page.keyboard.press('Enter');
  await second.getByLabel('Choices').fill('sold');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  const third = dialog.getByRole('group', { name: 'Field 3' });
  await third.getByRole('textbox', { name: 'Field 3' }).fill('stock');
  await choose(third, 'Type of field 3', 'Number');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { name: 'No records yet' })).toBeVisible();
}

/** The texts of one column of the grid. */
const column = (page: Page, index: number) =>
  page.getByRole('region', { name: 'Records' }).locator(`tbody tr td:nth-child(${index})`);

test('an entity with rules takes records, tells faults at their field, is filtered, sorted, filled and taken out', async ({
  page,
}) => {
  await openPage(page, host, '#/records');
  await addParts(page);

  await test.step('faults stand at their field', async () => {
    await page.getByRole('button', { name: 'Add record' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add to Part' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    const number = dialog.getByRole('textbox', { name: /^number/ });
    await expect(number).toHaveAttribute('aria-invalid', 'true');
    await number.fill('P-1');
    await choose(dialog, 'state', 'new');
    await dialog.getByRole('textbox', { name: /^stock/ }).fill('many');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText('Not a number')).toBeVisible();
    await expect(number).not.toHaveAttribute('aria-invalid', 'true');
    await dialog.getByRole('textbox', { name: /^stock/ }).fill('5');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await page.getByRole('button', { name: 'Add record' }).first().click();
    await number.fill('P-1');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(number).toHaveAttribute('aria-invalid', 'true');
    await page.keyboard.press('Escape');
  });

  await test.step('a file with a faulty row is reported line by line and brought in without it', async () => {
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import into Part' });
    const lines = Array.from(
      { length: 6_000 },
      (_, at) => `P-${at + 2},${at % 2 === 0 ? 'new' : 'sold'},${at}`,
    );
    const csv = ['number,state,stock', ...lines, 'P-9000,lost,1'].join('\n');
    await dialog
      .locator('input[type=file]')
      .or(page.locator('input[type=file]'))
      .first()
      .setInputFiles({
        name: 'parts.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(csv),
      });
    await expect(dialog).toContainText('6,001 rows: 6,000 new, 0 changed, 1 faulty.');
    await expect(dialog.getByRole('listitem')).toContainText(/^Line 6002, state/);
    await expect(dialog.getByRole('button', { name: 'Import' })).toBeDisabled();
    await dialog.getByLabel('Leave out the 1 faulty row').check();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect(page.getByRole('progressbar', { name: /^Progress of/ })).toBeVisible();
    await expect(page.getByText(/6,000 went through/)).toBeVisible();
    await expect(page.getByText('6,001 records', { exact: true })).toBeVisible();
  });

  await test.step('filters and order', async () => {
    await page.getByLabel('Choose all records shown').check();
    await expect(page.getByRole('button', { name: /^Delete \d+$/ })).toBeVisible();
    await page.getByRole('button', { name: 'Filter' }).click();
    const form = page.getByRole('dialog').filter({ hasText: 'Rule' });
    await choose(form, 'Field', 'stock');
    await choose(form, 'Rule', 'is at least');
    await form.getByRole('textbox', { name: 'Value' }).fill('5998');
    await form.getByRole('button', { name: 'Add' }).click();
    await expect(column(page, 4)).toHaveCount(2);
    await expect(page.getByRole('button', { name: /^Delete/ })).toBeHidden();
    await page.getByRole('button', { name: 'stock', exact: true }).click();
    await expect(column(page, 4)).toHaveText(['5998', '5999']);
    await page.getByRole('button', { name: 'stock', exact: true }).click();
    await expect(page.getByRole('columnheader', { name: 'stock' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    await expect(column(page, 4)).toHaveText(['5999', '5998']);
  });

  await test.step('what is shown is taken out as a file', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'As CSV' }).click();
    const file = await download;
    const rows = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain('number');
    expect(rows[1]).toContain('P-6001');
  });
  await page.getByRole('button', { name: /^Remove condition/ }).click();

  await test.step('the history names the run that changed it', async () => {
    const id = await makeWorkflow(host.receiver, {
      name: 'Sells parts',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: { style: 'native', auth: { scheme: 'apiKey' }, response: { mode: 'lastNode' } },
        },
        {
          id: 'sell',
          type: 'record.update',
          config: { entity: 'Part', where: { number: '{{trigger.data.number}}' }, data: { state: 'sold' } },
        },
      ],
      edges: [{ source: 'hook', target: 'sell' }],
    });
    await callWorkflow(host.receiver, id, { number: 'P-1' });
    await page.getByRole('textbox', { name: 'Search records' }).fill('P-1');
    // The smallest first: the one that was sold stands on top.
    await page.getByRole('button', { name: 'stock', exact: true }).click();
    await page.getByRole('button', { name: 'stock', exact: true }).click();
    await page
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'P-1', exact: true }) })
      .getByRole('button', { name: 'Edit' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Edit Part' });
    await dialog.getByText('History', { exact: true }).click();
    const change = dialog.getByRole('listitem').first();
    await expect(change).toContainText('Changed');
    await expect(change).toContainText('step sell');
    await change.getByRole('link', { name: 'a run' }).click();
    await expect(page.getByRole('region', { name: /^Run run_/ })).toContainText('Sells parts');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});
