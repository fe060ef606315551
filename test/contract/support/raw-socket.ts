/** Bytes on a socket as no HTTP client would send them, and all that comes back until the other side closes. */
import { connect, type Socket } from 'node:net';

export interface RawExchange {
  /** Everything received, as latin1. */
  text: string;
  /** Status codes of the answers, in order. */
  statuses: number[];
  /** Whether the other side closed within the deadline. */
  closed: boolean;
  tookMs: number;
}

export interface RawOptions {
  /** Resolve once this holds, without waiting for the end. */
  enough?: (text: string) => boolean;
  /** Give up waiting after this long; 5 s unless told. */
  deadlineMs?: number;
  /** Called once connected and the first bytes are written. */
  onSent?: (socket: Socket) => void;
}

/** Writes `bytes` to the receiver and gathers what comes back until it closes, `enough` holds or time is up. */
export function exchange(
  receiver: string,
  bytes: string | Uint8Array,
  options: RawOptions = {},
): Promise<RawExchange> {
  const { hostname, port } = new URL(receiver);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes);
      options.onSent?.(socket);
    });
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
      resolve({ text, statuses, closed, tookMs: performance.now() - startedAt });
    };
    const timer = setTimeout(() => finish(false), options.deadlineMs ?? 5_000);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (options.enough?.(text)) finish(false);
    });
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
  });
}

/** A request as text: lines joined by CRLF, then the body. */
export function rawRequest(lines: readonly string[], body = ''): string {
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
