/** The headless host as it is, with ends of the process at named points: see at-point.ts. */
import packageInfo from '../../../package.json' with { type: 'json' };
import { runHeadless } from '../../../src/main/headless/host.ts';
import { endAtPoint } from './at-point.ts';

endAtPoint();
const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
const root = new URL(process.env['HOOKYARD_ROOT'] ?? '../../../', import.meta.url);

await runHeadless({
  version: packageInfo.version,
  files: {
    storeWriter: new URL(`./store-writer.${extension}`, import.meta.url),
    sandboxWorker: new URL(`./sandbox-worker.${extension}`, import.meta.url),
    samples: new URL('resources/samples/', root),
  },
  rendererDir: new URL('out/renderer/', root),
});
