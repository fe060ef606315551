/** What stands in the way of people who use other tools than eyes and mouse, as axe sees it. For browser tests. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type AxeCore from 'axe-core';

declare const axe: typeof AxeCore;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings on the page as it is, by rule and place. */
export async function findSerious(page: Page): Promise<readonly string[]> {
  // The page's own rules forbid scripts from elsewhere; the browser's debugger is not bound by them.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  });
}
