/**
 * The desktop host: one instance, one window, the same core as the headless host behind a port instead of a socket
 * (SPEC 1). Quitting stops the core in order before the process ends.
 */
import { app, dialog, Menu, utilityProcess } from 'electron';
import { type AppError, toAppError } from '../../shared/errors.ts';
import { type App, type AppFiles, createApp } from '../app.ts';
import { systemClock } from '../base/clock.ts';
import { userFolders } from '../base/folders.ts';
import { createLogger, type Logger } from '../base/logger.ts';
import { type HostOptions, parseOptions } from '../base/options.ts';
import { raiseUtilityProcess } from '../sandbox/wall.ts';
import { serveBridge } from './bridge.ts';
import { raiseFences } from './fences.ts';
import { desktopKeyHolders } from './keychain.ts';
import { type MainWindow, openMainWindow } from './main-window.ts';
import { showNotices } from './notices.ts';
import { registerScheme, servePage } from './page.ts';
import { openTray } from './tray.ts';

/** What the entry knows: places of files in the sources or in the build. */
export interface DesktopParts {
  readonly version: string;
  readonly files: AppFiles;
  readonly rendererDir: URL;
  readonly preload: URL;
  readonly icons: { readonly window: URL; readonly tray: URL };
}

/** Runs the desktop app until it is quit. Never rejects. */
export async function runDesktop(parts: DesktopParts): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const logger = createLogger(options.log);
  try {
    await openDesktop(parts, options, logger);
  } catch (error) {
    logger.fatal({ err: error }, 'the app could not be opened');
    app.exit(1);
  }
}

async function openDesktop(parts: DesktopParts, options: HostOptions, logger: Logger): Promise<void> {
  // The first instance shows its window; this one has nothing more to do (SPEC 1).
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerScheme();
  const opened: MainWindow[] = [];
  const raise = (): void => opened[0]?.raise();
  app.on('second-instance', raise);
  app.on('activate', raise);
  // The receiver goes on without a window: only quitting ends the app.
  app.on('window-all-closed', () => undefined);
  await app.whenReady();
  raiseFences(logger);
  Menu.setApplicationMenu(applicationMenu());

  const core = await startCore(parts, options, logger);
  if (core === undefined) return;
  const closeBridge = serveBridge(core.router, logger);
  await servePage(parts.rendererDir);
  const window = openMainWindow({ preload: parts.preload, icon: parts.icons.window, logger });
  opened.push(window);
  const endNotices = showNotices({
    notices: core.notices,
    onOpen: (path) => window.open(path),
    clock: systemClock,
    logger,
  });
  const closeTray = openTray({
    icon: parts.icons.tray,
    onOpen: raise,
    receiverOrigin: core.receiverOrigin,
    logger,
  });
  endInOrder(async () => {
    window.release();
    closeBridge();
    endNotices();
    closeTray();
    await core.stop();
  }, logger);
}

/** Chromium reads the same command line, so switches that are not ours are left to it. */
function readOptions(): HostOptions | undefined {
  // Behind Electron's own program stands, unless packaged, the app's folder among switches.
  const [, ...given] = process.argv;
  const args = app.isPackaged ? given : given.slice(given.findIndex((word) => !word.startsWith('-')) + 1);
  try {
    return parseOptions({ args, env: process.env, unknown: 'ignore' });
  } catch (error) {
    process.stderr.write(`hookyard: ${toAppError(error).message}\n`);
    app.exit(2);
    return undefined;
  }
}

/** Starts the core; when it cannot, says why and lets the person try again. Undefined: they quit. */
async function startCore(
  parts: DesktopParts,
  options: HostOptions,
  logger: Logger,
): Promise<App | undefined> {
  for (;;) {
    try {
      return await createApp({
        dataDir: options.dataDir,
        version: parts.version,
        files: parts.files,
        keyHolders: (installId) => desktopKeyHolders(userFolders().keys, installId),
        settings: { receiverHost: options.host, receiverPort: options.port, publicUrl: options.publicUrl },
        apiToken: options.apiToken,
        onPortInUse: 'wait',
        logger,
        raiseWall: raiseUtilityProcess((path, args, settings) => utilityProcess.fork(path, args, settings)),
      });
    } catch (error) {
      const known = toAppError(error);
      logger.error({ err: known }, 'the start failed');
      if (!(await wantsToTryAgain(known, options.dataDir))) {
        app.exit(known.code === 'data_folder_locked' ? 3 : 1);
        return undefined;
      }
    }
  }
}

async function wantsToTryAgain(error: AppError, dataDir: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'Hookyard cannot start.',
    detail: `${error.message}\n\nData folder: ${dataDir}`,
    buttons: ['Quit', 'Try again'],
    defaultId: 1,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

/** Lets the process end only after everything was stopped. */
function endInOrder(stop: () => Promise<void>, logger: Logger): void {
  let isStopping = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (isStopping) return;
    isStopping = true;
    logger.info('stopping');
    stop().then(
      () => app.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'the end was not in order');
        app.exit(1);
      },
    );
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}

function applicationMenu(): Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ]);
}
