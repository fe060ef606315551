/**
 * One connection to the core, over whatever transport: the desktop window's port or the admin port's socket.
 * A connection never comes back once closed; `holder.ts` opens the next one.
 */
import { type ClientLink, createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { portMessage } from '../../shared/bridge.ts';
import type { HookyardClient } from '../../shared/contract/index.ts';

/** Why a connection ended. `refused`: the other side does not accept us, trying again is useless. */
export interface ConnectionEnd {
  readonly reason: 'lost' | 'refused';
  readonly message: string;
}

export interface Connection {
  readonly client: HookyardClient;
  /** Settles when the connection ended, from either side. */
  readonly ended: Promise<ConnectionEnd>;
  close(): void;
}

/** Opens a connection; rejects when nobody is there. */
export type OpenConnection = (signal: AbortSignal) => Promise<Connection>;

/** What the desktop's preload script exposes as `window.hookyard`. */
export interface DesktopBridge {
  /** Asks for a fresh port; it arrives as a window message with the port. */
  readonly requestPort: () => void;
}

/** Close codes with which the host refuses a token (policy violation, and our own 4401 and 4403). */
const refusedCodes = new Set([1008, 4401, 4403]);

/** A connection over the port the desktop's main process hands to its window. */
export function openPort(bridge: DesktopBridge, page: Window = window): OpenConnection {
  return async (signal) => {
    const port = await new Promise<MessagePort>((resolve, reject) => {
      const listener = (event: MessageEvent<unknown>): void => {
        const [first] = event.ports;
        if (event.source !== page || event.data !== portMessage || first === undefined) return;
        page.removeEventListener('message', listener);
        resolve(first);
      };
      page.addEventListener('message', listener);
      signal.addEventListener('abort', () => {
        page.removeEventListener('message', listener);
        reject(new Error('closed'));
      });
      bridge.requestPort();
    });
    const ended = new Promise<ConnectionEnd>((resolve) => {
      port.addEventListener('close', () =>
        resolve({ reason: 'lost', message: 'The window lost its connection to the app.' }),
      );
    });
    const client: HookyardClient = createORPCClient(new PortLink({ port }));
    port.start();
    return { client, ended, close: () => port.close() };
  };
}

/** A connection over the headless host's admin port; the first message is the launch token. */
export function openSocket(url: string, token: string): OpenConnection {
  return async (signal) => {
    const socket = new WebSocket(url);
    const ended = new Promise<ConnectionEnd>((resolve) => {
      socket.addEventListener('close', (event) =>
        resolve(
          refusedCodes.has(event.code)
            ? { reason: 'refused', message: 'This tab holds no valid launch token.' }
            : { reason: 'lost', message: 'Hookyard does not answer.' },
        ),
      );
    });
    signal.addEventListener('abort', () => socket.close());
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('close', () => reject(new Error('closed')));
    });
    socket.send(JSON.stringify({ token }));
    const client: HookyardClient = createORPCClient(whileOpen(socket));
    return { client, ended, close: () => socket.close() };
  };
}

/**
 * A link that refuses calls once its socket is closed. Giving up a call sends a word to the other side; over a closed
 * socket that word is dropped: the library would throw it at nobody.
 */
function whileOpen(socket: WebSocket): ClientLink<Record<never, never>> {
  const link = new SocketLink({
    websocket: {
      get readyState() {
        return socket.readyState === WebSocket.CONNECTING ? WebSocket.CONNECTING : WebSocket.OPEN;
      },
      send: (data) => socket.send(data),
      addEventListener: socket.addEventListener.bind(socket),
      removeEventListener: socket.removeEventListener.bind(socket),
    },
  });
  return {
    call: (path, input, options) =>
      socket.readyState === WebSocket.CLOSED
        ? Promise.reject(new Error('closed'))
        : link.call(path, input, options),
  };
}

/** A connection that is refused at once: there is no token to show. */
export const openNothing: OpenConnection = () =>
  Promise.resolve({
    client: createORPCClient<HookyardClient>({
      call: () => Promise.reject(new Error('closed')),
    }),
    ended: Promise.resolve({ reason: 'refused', message: 'This tab holds no launch token.' } as const),
    close: () => undefined,
  });
