/** Playwright's global set-up: the browser is unpacked once, before the first test needs it. */
import { chooseChromium } from './chromium.ts';

/** Makes the chosen browser ready and says which one it is. */
export default async function prepareChromium(): Promise<void> {
  const chromium = chooseChromium();
  await chromium.prepare();
  process.stdout.write(`Browser: ${chromium.executablePath ?? "Playwright's own"} (${chromium.source})\n`);
}
