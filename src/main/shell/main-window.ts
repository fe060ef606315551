/**
 * The one window: sandboxed, isolated, without Node, showing our own page. Closing it puts it away; the receiver goes on
 * and the tray brings it back (UI, Settings).
 */
import { fileURLToPath } from 'node:url';
import { BrowserWindow } from 'electron';
import type { Logger } from '../base/logger.ts';
import { pageUrl } from './page.ts';
import { readWindowState, saveWindowState } from './window-state.ts';

export interface MainWindow {
  /** Shows it, in front of all others. */
  raise(): void;
  /** Shows a page of it, by its path behind the #, and itself. */
  open(path: string): void;
  /** From now on closing it closes it. */
  release(): void;
}

interface WindowInit {
  readonly preload: URL;
  readonly icon: URL;
  readonly logger: Logger;
}

/** Opens the window. */
export function openMainWindow({ preload, icon, logger }: WindowInit): MainWindow {
  const { place, width, height, isMaximized } = readWindowState();
  let isReleased = false;
  const window = new BrowserWindow({
    ...place,
    width,
    height,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Hookyard',
    icon: fileURLToPath(icon),
    autoHideMenuBar: true,
    webPreferences: {
      preload: fileURLToPath(preload),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    saveWindowState(window);
    if (isReleased) return;
    event.preventDefault();
    window.hide();
  });
  // A page that died is drawn again; what it showed is in the store (RELIABILITY G9).
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (isReleased || reason === 'clean-exit') return;
    logger.error({ reason }, 'the page of the window ended; loading it again');
    window.webContents.reload();
  });
  function load(url: string): void {
    window.loadURL(url).catch((error: unknown) => {
      logger.error({ err: error }, 'the page could not be loaded');
    });
  }

  function raise(): void {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  load(pageUrl().href);
  return {
    raise,
    open(path) {
      // Only what stands behind the # differs: the page goes there without being loaded again.
      load(new URL(`#${path}`, pageUrl()).href);
      raise();
    },
    release() {
      isReleased = true;
    },
  };
}
