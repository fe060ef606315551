/** Entry of the desktop app: knows where its files lie, in the sources and in the build alike. */
import packageInfo from '../../package.json' with { type: 'json' };
import { runDesktop } from './shell/desktop.ts';

const isBuilt = import.meta.url.endsWith('.js');
const extension = isBuilt ? 'js' : 'ts';

// Not awaited here: Electron is ready only after its entry has been evaluated to the end.
void runDesktop({
  version: packageInfo.version,
  files: {
    storeWriter: new URL(`./store-writer.${extension}`, import.meta.url),
    sandboxWorker: new URL(`./sandbox-worker.${extension}`, import.meta.url),
    samples: new URL('../../resources/samples/', import.meta.url),
  },
  rendererDir: new URL(isBuilt ? '../renderer/' : '../../out/renderer/', import.meta.url),
  preload: new URL(isBuilt ? '../preload/index.cjs' : '../../out/preload/index.cjs', import.meta.url),
  icons: {
    window: new URL('../../resources/icons/icon.png', import.meta.url),
    tray: new URL('../../resources/icons/tray.png', import.meta.url),
  },
});
