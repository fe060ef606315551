/** What becomes of a run: it asks a person, goes in rounds, fails and is run again with other data, waits while paused. */
import { expect, type Page, test } from '@playwright/test';
import { EditorPage } from '../support/editor-page.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { callWorkflow, makeWorkflow, startByCall } from '../support/live-workflow.ts';
import { choose, goTo, openPage, replaceCode } from '../support/open-page.ts';
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

/** A workflow of a template, made by hand; its id. */
async function addFromTemplate(page: Page, template: string): Promise<string> {
  await openPage(page, host, '#/workflows');
  await page.getByRole('button', { name: 'Add workflow' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add workflow' });
  await choose(dialog, 'Template', template);
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue(template);
  await dialog.getByRole('button', { name: 'Add workflow' }).click();
  await expect(page).toHaveURL(/#\/workflows\/wf_/);
  return /wf_\w+/.exec(page.url())?.[0] ?? '';
}

async function commitLive(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Commit', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Commit and activate' }).click();
  await expect(page.getByText('live v1', { exact: true })).toBeVisible();
}

test('an expense waits for a person: a required answer is asked for, approval goes on with it, rejection goes elsewhere', async ({
  page,
}) => {
  const id = await addFromTemplate(page, 'Expense approval');
  await commitLive(page);
  await startByCall(host.receiver, id, { employee: 'Ada', amount: 740, purpose: 'Train to Lyon' });

  const bell = page.getByRole('button', { name: /^Notifications/ });
  await expect(bell).toContainText('1 unread notification');
  await bell.click();
  const drawer = page.getByRole('dialog', { name: 'Notifications' });
  await expect(drawer).toContainText('Pay 740 to Ada?');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('radiogroup', { name: 'What to show' }).getByText('Approvals (1)').click();
  const card = page.getByRole('region', { name: 'Pay 740 to Ada?' });
  await expect(card).toContainText('For: Train to Lyon');

  await card.getByRole('button', { name: 'Approve' }).click();
  await expect(card.getByRole('combobox', { name: 'Account' })).toHaveAttribute('aria-invalid', 'true');
  await card.getByRole('textbox', { name: 'Amount to pay' }).fill('700');
  await choose(card, 'Account', 'Travel');
  await expect(card.getByRole('combobox', { name: 'Account' })).not.toHaveAttribute('aria-invalid', 'true');
  await card.getByRole('textbox', { name: 'Comment' }).fill('Second class next time');
  await card.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();

  await page.getByRole('radiogroup', { name: 'What to show' }).getByText('Runs', { exact: true }).click();
  await page.getByText('Expense approval').first().click();
  await page.getByRole('tab', { name: 'Output' }).click();
  await expect(page.getByRole('tabpanel')).toContainText(/"?amount"?: ?700/);
  await expect(page.getByRole('tabpanel')).toContainText('Travel');

  const refused = await startByCall(host.receiver, id, { employee: 'Bob', amount: 9_000 });
  await goTo(page, `#/runs/${refused}`);
  const question = page.getByRole('region', { name: 'Pay 9000 to Bob?' });
  await question.getByRole('textbox', { name: 'Comment' }).fill('Too much');
  await question.getByRole('button', { name: 'Reject' }).click();
  await expect(question).toBeHidden();
  await page.getByRole('tab', { name: 'Output' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('rejected');
  await expect(page.getByRole('tabpanel')).toContainText('Too much');
});

test('an approval is found, filled in and given by keyboard alone', async ({ page }) => {
  const id = await makeWorkflow(host.receiver, {
    name: 'Asked by keys',
    nodes: [
      { id: 'hook', type: 'webhook', config: { style: 'native', auth: { scheme: 'apiKey' } } },
      {
        id: 'ask',
        type: 'approval',
        config: {
          title: 'May it go out?',
          fields: [{ name: 'where', label: 'Where to', type: 'text', required: true }],
        },
      },
    ],
    edges: [{ source: 'hook', target: 'ask' }],
  });
  const run = await startByCall(host.receiver, id, {});
  await openPage(page, host, '#/requests');
  await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  const entry = page.getByRole('dialog', { name: 'Notifications' }).getByRole('button', {
    name: /May it go out\?/,
  });
  await tabTo(page, entry);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(run));
  const question = page.getByRole('region', { name: 'May it go out?' });
  await tabTo(page, question.getByRole('textbox', { name: 'Where to' }));
  await page.keyboard.type('Lyon');
  await tabTo(page, question.getByRole('button', { name: 'Approve' }));
  await page.keyboard.press('Enter');
  await expect(question).toBeHidden();
  const region = page.getByRole('region', { name: `Run ${run}` });
  await expect(region.getByText('succeeded').first()).toBeVisible();
});

/** Presses Tab until a control has the focus, as hands without a mouse do. */
async function tabTo(page: Page, control: ReturnType<Page['getByRole']>): Promise<void> {
  await expect(control).toBeVisible();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The focus never came there.');
}

test('each round of a loop is told apart on the canvas', async ({ page }) => {
  const id = await addFromTemplate(page, 'Stock check');
  await commitLive(page);
  const answer = await callWorkflow(host.receiver, id, {
    lines: [
      { sku: 'hook', quantity: 2, stock: 5 },
      { sku: 'yard', quantity: 4, stock: 1 },
      { sku: 'rope', quantity: 1, stock: 0 },
    ],
  });
  expect(await answer.json()).toMatchObject({ lines: 3 });

  await expect(page.getByRole('region', { name: 'Run on the canvas' })).toContainText('succeeded');
  const editor = new EditorPage(page);
  const card = editor.card('Look at the line');
  await expect(card.getByTitle('succeeded, ran 3 times')).toBeVisible();
  await card.click();
  const pane = page.getByRole('region', { name: 'What Look at the line did' });
  await expect(pane.getByRole('combobox', { name: 'Execution' })).toHaveValue(/^Round \d · Execution 3 of 3/);
  await choose(pane, 'Execution', /^Round 2 ·/);
  await expect(pane.getByRole('tree')).toContainText('yard');
});

const checked = {
  name: 'Checked order',
  nodes: [
    { id: 'hook', type: 'webhook', config: { style: 'native', auth: { scheme: 'apiKey' } } },
    {
      id: 'price',
      type: 'set',
      name: 'Price',
      config: { fields: { total: '{{ trigger.data.total }}' } },
    },
    {
      id: 'check',
      type: 'code',
      name: 'Check',
      config: {
        code: "const { total } = input.steps.price.output;\nif (!(total > 0)) throw new Error('no total');\nreturn { total, by: input.trigger.data.by };",
      },
    },
  ],
  edges: [
    { source: 'hook', target: 'price' },
    { source: 'price', target: 'check' },
  ],
};

test('a failed run is run again from a step with another input and another output of the step before', async ({
  page,
}) => {
  const id = await makeWorkflow(host.receiver, checked);
  const run = await startByCall(host.receiver, id, { total: 0, by: 'Ada' });
  await openPage(page, host, `#/runs/${run}`);
  const failed = page.getByRole('region', { name: `Run ${run}` });
  await expect(failed.getByText(/no total/).first()).toBeVisible();
  await failed
    .getByRole('region', { name: 'Step Check' })
    .getByRole('button', { name: /^Edit and/ })
    .click();

  const dialog = page.getByRole('dialog', { name: 'Edit and run again' });
  await expect(dialog.getByRole('combobox', { name: 'Begin at' })).toHaveValue('Check');
  await replaceCode(dialog, 'Input of the run', '{"total": 0, "by": "Bob"}');
  await replaceCode(dialog, 'Outputs of the steps before', '{"price": {"total": ');
  await expect(dialog.getByRole('button', { name: 'Run again' })).toBeDisabled();
  await replaceCode(dialog, 'Outputs of the steps before', '{"price": {"total": 12}}');
  await dialog.getByRole('button', { name: 'Run again' }).click();

  await expect(dialog).toBeHidden();
  await expect(failed).toHaveCount(0);
  const again = page.getByRole('region', { name: /^Run run_/ });
  await expect(again.getByText('succeeded').first()).toBeVisible();
  await again.getByRole('tab', { name: 'Output' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('Bob');
  await expect(page.getByRole('tabpanel')).toContainText('12');
  await again.getByRole('tab', { name: 'About' }).click();
  await expect(page.getByRole('tabpanel')).toContainText(
    'from check, with another input, with other outputs of price',
  );
  await expect(again.getByRole('link', { name: run })).toBeVisible();
});

test('a draft is tested with a captured request, as a dry run, and with a pinned output', async ({
  page,
}) => {
  const id = await makeWorkflow(host.receiver, {
    name: 'Told elsewhere',
    nodes: [
      { id: 'hook', type: 'webhook', config: { style: 'native', auth: { scheme: 'apiKey' } } },
      {
        id: 'tell',
        type: 'http',
        name: 'Tell them',
        config: { method: 'POST', url: `${host.receiver}/nowhere`, body: '{{trigger.payload}}' },
      },
      {
        id: 'sum',
        type: 'set',
        name: 'Sum up',
        config: { fields: { order: '{{trigger.data.order}}', status: '{{steps.tell.output.status}}' } },
      },
    ],
    edges: [
      { source: 'hook', target: 'tell' },
      { source: 'tell', target: 'sum' },
    ],
  });
  await callWorkflow(host.receiver, id, { order: 'A-17' });
  await openPage(page, host, `#/workflows/${id}`);
  const editor = new EditorPage(page);
  await expect(editor.card('Tell them')).toBeVisible();
  await page.getByRole('button', { name: 'Test the draft' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test run' });
  await choose(dialog, 'Captured request', /accepted/);
  await dialog.getByLabel('Do nothing outside').check();
  await dialog.getByRole('button', { name: 'Start test' }).click();

  const bar = page.getByRole('region', { name: 'Run on the canvas' });
  await expect(bar).toContainText('draft');
  await expect(bar).toContainText('succeeded');
  await editor.card('Tell them').click();
  const told = page.getByRole('region', { name: 'What Tell them did' });
  await expect(told).toContainText('A dry run: this was not done.');
  await expect(told.getByRole('tree', { name: 'Input' })).toContainText('/nowhere');
  await editor.card('Sum up').click();
  const pane = page.getByRole('region', { name: 'What Sum up did' });
  await expect(pane.getByRole('tree')).toContainText('A-17');
  await pane.getByRole('button', { name: 'Pin this output' }).click();
  await expect(pane.getByRole('button', { name: 'Unpin the output' })).toBeVisible();
  await expect(editor.card('Sum up').getByTitle(/pinned/)).toBeVisible();

  const before = await bar.getByRole('link', { name: /^run_/ }).innerText();
  await page.getByRole('button', { name: 'Test the draft' }).click();
  await expect(dialog).toContainText('1 step is pinned');
  await replaceCode(dialog, 'Input', '{"order": "B-2"}');
  await dialog.getByLabel('Do nothing outside').check();
  await dialog.getByRole('button', { name: 'Start test' }).click();
  await expect(dialog).toBeHidden();
  await expect(bar).not.toContainText(before);
  await expect(bar).toContainText('succeeded');
  await expect(pane.getByRole('tree')).toContainText('A-17');
  await bar.getByRole('link', { name: /^run_/ }).click();
  await page.getByRole('tab', { name: 'About' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('pinned: sum');
});

test('while a workflow is paused its requests are accepted, and their runs begin when it goes on', async ({
  page,
}) => {
  const id = await makeWorkflow(host.receiver, { ...checked, name: 'Held back' });
  await openPage(page, host, `#/workflows/${id}`);
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await expect(page.getByText('paused', { exact: true })).toBeVisible();
  const runs = await Promise.all([1, 2].map((total) => startByCall(host.receiver, id, { total })));
  for (const run of runs) {
    const { body } = await callV1(host.receiver, 'GET', `/v1/workflow-runs/${run}`);
    expect(body).toMatchObject({ status: 'queued' });
  }
  await goTo(page, `#/runs?workflow=${id}`);
  const rows = page.getByRole('listbox', { name: 'Runs' }).getByText('queued');
  await expect(rows).toHaveCount(2);

  await goTo(page, `#/workflows/${id}`);
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Go on' }).click();
  await expect(page.getByText('paused', { exact: true })).toBeHidden();
  await goTo(page, `#/runs?workflow=${id}`);
  await expect(page.getByRole('listbox', { name: 'Runs' }).getByText('succeeded')).toHaveCount(2);
});
