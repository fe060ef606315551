/**
 * The open connections of the receiver, and an end for those whose other side reads nothing of a long answer (RELIABILITY
 * F3). Node's own idle time would also end callers who rightly wait for a run, so it is set only while bytes are stuck.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  readonly size: number;
  /** Watches the connections of a server until it is closed. */
  watch(server: Server): void;
}

interface StallLimits {
  readonly checkMs: number;
  /** After so long at most without a byte taken, and half as long at least. */
  readonly stalledMs: number;
}

/** No connections yet. */
export function createConnections({ checkMs, stalledMs }: StallLimits): Connections {
  const open = new Set<Socket>();
  // Node looks twice at a write under way: at its first time-out it notes what is left, at the next it ends the socket
  // unless bytes moved meanwhile.
  const idleMs = Math.max(1, Math.floor(stalledMs / 2));

  function check(): void {
    for (const socket of open) {
      const isStuck = socket.writableLength > 0;
      if (isStuck && socket.timeout !== idleMs) socket.setTimeout(idleMs);
      else if (!isStuck && socket.timeout === idleMs) socket.setTimeout(0);
    }
  }

  return {
    get size() {
      return open.size;
    },
    watch(server) {
      const checking = setInterval(check, checkMs);
      checking.unref();
      server.on('close', () => clearInterval(checking));
      server.on('connection', (socket: Socket) => {
        open.add(socket);
        socket.once('close', () => open.delete(socket));
      });
    },
  };
}
