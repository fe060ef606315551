/**
 * The window's line to the contract: a fresh pair of ports for each time the page asks, one end served here. Only the
 * main frame of our own page is listened to (RELIABILITY M9).
 */
import { RPCHandler } from '@orpc/server/message-port';
import { ipcMain, MessageChannelMain, type WebContents, type WebFrameMain } from 'electron';
import { connectChannel, portMessage } from '../../shared/bridge.ts';
import { type ApiContext, operatorContext } from '../api/procedures.ts';
import type { ApiRouter } from '../api/router.ts';
import type { Logger } from '../base/logger.ts';
import { isOwnPage } from './page.ts';

/** Serves the contract to pages that ask for a port; the answer ends it. */
export function serveBridge(router: ApiRouter, logger: Logger): () => void {
  const handler = new RPCHandler<ApiContext>(router);

  function connect({ sender, senderFrame }: Asking): void {
    if (!isOurs(sender, senderFrame)) {
      logger.warn({ url: senderFrame?.url ?? null }, 'a frame that is not our page asked for a port');
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    handler.upgrade(port1, { context: operatorContext });
    port1.start();
    sender.postMessage(portMessage, null, [port2]);
  }

  ipcMain.on(connectChannel, connect);
  return () => {
    ipcMain.removeListener(connectChannel, connect);
  };
}

interface Asking {
  readonly sender: WebContents;
  readonly senderFrame: WebFrameMain | null;
}

function isOurs(sender: WebContents, frame: WebFrameMain | null): boolean {
  return frame !== null && frame === sender.mainFrame && isOwnPage(frame.url);
}
