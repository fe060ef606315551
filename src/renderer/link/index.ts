/** Chooses the transport of this page: the desktop's bridge where there is one, else the admin port's socket. */
import { type DesktopBridge, type OpenConnection, openNothing, openPort, openSocket } from './connection.ts';
import { holdsToken, takeToken } from './token.ts';

declare global {
  interface Window {
    /** Exposed by the desktop's preload script; absent in a browser. */
    readonly hookyard?: DesktopBridge;
  }
}

/** How this page reaches the core. Takes the launch token out of the address: call it before the router starts. */
export function chooseConnection(): OpenConnection {
  if (window.hookyard !== undefined) return openPort(window.hookyard);
  // A new address pasted into an open tab changes its hash only.
  window.addEventListener('hashchange', () => {
    if (holdsToken(window.location.hash)) window.location.reload();
  });
  const token = takeToken();
  if (token === null) return openNothing;
  const url = new URL('rpc', window.location.href.split('#')[0]);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return openSocket(url.href, token);
}
