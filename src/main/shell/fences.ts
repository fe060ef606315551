/**
 * What a page of this app can never do: go elsewhere, open windows, embed others, or get permissions beyond writing to
 * the clipboard. A link to the outside is opened by the system's browser, after the person has seen where it leads
 * (RELIABILITY 2 D, M3, M9).
 */
import { app, dialog, session, shell, type WebContents } from 'electron';
import type { Logger } from '../base/logger.ts';
import { isOwnPage } from './page.ts';

/** Puts the fences around every page that will ever be made. */
export function raiseFences(logger: Logger): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(isAllowed(permission)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  app.on('web-contents-created', (_event, contents) => fence(contents, logger));
}

function isAllowed(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}

function fence(contents: WebContents, logger: Logger): void {
  contents.on('will-attach-webview', (event) => event.preventDefault());
  const stay = (event: { readonly url: string; preventDefault(): void }): void => {
    if (!isOwnPage(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.setWindowOpenHandler(({ url }) => {
    offerOutside(url).catch((error: unknown) => logger.error({ err: error }, 'a link could not be opened'));
    return { action: 'deny' };
  });
}

/** Opens a web address in the system's browser once the person agreed; every other kind of address is ignored. */
async function offerOutside(address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this address in your browser?',
    detail: url.href.slice(0, 500),
    buttons: ['Cancel', 'Open'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 1) await shell.openExternal(url.href);
}
