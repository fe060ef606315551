/** The tray: where the app lives while its window is put away, and where it is quit. */
import { fileURLToPath } from 'node:url';
import { app, clipboard, Menu, Tray } from 'electron';
import type { Logger } from '../base/logger.ts';

interface TrayInit {
  readonly icon: URL;
  readonly onOpen: () => void;
  readonly receiverOrigin: () => string;
  readonly logger: Logger;
}

/** Puts the app into the tray; systems without one do without. The answer removes it. */
export function openTray({ icon, onOpen, receiverOrigin, logger }: TrayInit): () => void {
  try {
    const tray = new Tray(fileURLToPath(icon));
    tray.setToolTip('Hookyard');
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Open Hookyard', click: onOpen },
        { label: 'Copy receiver address', click: () => void clipboard.writeText(receiverOrigin()) },
        { type: 'separator' },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
    tray.on('click', onOpen);
    return () => tray.destroy();
  } catch (error) {
    logger.warn({ err: error }, 'there is no tray here');
    return () => undefined;
  }
}
