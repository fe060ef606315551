/** Opening a page of the app in a browser, and the fields of it that are no plain inputs. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { TestHost } from './host.ts';

/** Opens the app at a hash such as `#/runs`; the token of the link is taken first. */
export async function openPage(page: Page, host: TestHost, hash: string): Promise<void> {
  await page.goto(host.ready.admin ?? '');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await goTo(page, hash);
}

/** Goes to another page of the open app, as a link to it would. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
}

/** Puts a text in place of all a code editor holds; CodeMirror may still be loading. */
export async function replaceCode(within: Locator, label: string, text: string): Promise<void> {
  const page = within.page();
  const field = within.locator('.cm-content').and(page.getByLabel(label));
  await field.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

/** Picks an option of a select by its label. */
export async function choose(within: Locator, label: string, option: string | RegExp): Promise<void> {
  await within.getByRole('combobox', { name: label }).click();
  await within
    .page()
    .getByRole('option', { name: option, exact: typeof option === 'string' })
    .click();
}
