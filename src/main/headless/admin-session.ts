/**
 * A socket of the interface: its first message must be the launch token, within two seconds, and only then does it
 * reach the contract. The launch token is good for the life of the process, so that a reloaded tab, which keeps it
 * for itself, connects again; a restart makes a new one.
 */
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { isSecret } from '../auth/compare.ts';

const patienceMs = 2_000;
/** Close code the page understands as: this token is not good, trying again is useless. */
const refusedCode = 4401;

const greetingSchema = z.strictObject({ token: z.string().max(200) });

interface SessionInit {
  readonly socket: WebSocket;
  readonly token: string;
  /** Called once the token was shown; the socket's further messages are the contract's. */
  readonly onOpen: (socket: WebSocket) => void;
}

/** Waits for the token on a fresh socket. */
export function awaitToken({ socket, token, onOpen }: SessionInit): void {
  const refuse = (): void => socket.close(refusedCode, 'token');
  const timer = setTimeout(refuse, patienceMs);
  socket.once('close', () => clearTimeout(timer));
  socket.once('message', (data: RawData, isBinary: boolean) => {
    clearTimeout(timer);
    const given = isBinary ? undefined : tokenIn(data);
    if (given === undefined || !isSecret(given, token)) refuse();
    else onOpen(socket);
  });
}

function tokenIn(data: RawData): string | undefined {
  const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
  if (bytes.length > 1_000) return undefined;
  try {
    return greetingSchema.parse(JSON.parse(bytes.toString('utf8'))).token;
  } catch {
    return undefined;
  }
}
