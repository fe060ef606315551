/** Playwright's global set-up: the browser is unpacked once, before the first test needs it; what will not run is named. */
import { chooseChromium } from './chromium.ts';
import { findRuntime } from './electron.ts';

/** Makes the chosen browser ready and says which one it is. */
export default async function prepareChromium(): Promise<void> {
  const chromium = chooseChromium();
  await chromium.prepare();
  const runtime = findRuntime();
  process.stdout.write(`Browser: ${chromium.executablePath ?? "Playwright's own"} (${chromium.source})\n`);
  const desktop = 'reason' in runtime ? `suite not run, ${runtime.reason}` : runtime.program;
  process.stdout.write(`Desktop: ${desktop}\n`);
}
