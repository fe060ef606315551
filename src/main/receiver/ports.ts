/** Opening and closing of ports: a port in use is told as that, and closing waits for answers that are under way (SPEC 1). */
import type { Server } from 'node:http';
import { AppError } from '../../shared/errors.ts';

/** Part of the grace after which callers who wait for runs are answered. */
const lastCall = 0.9;

/** How often connections that have become idle are closed while the server ends. */
const sweepMs = 50;

interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens; port 0 picks a free one.
 * @throws AppError `port_in_use` with `details.port`; `bad_option` when the address is none of this machine or not allowed
 */
export function listenAt(server: Server, { host, port }: Place): Promise<Place> {
  const { promise, resolve, reject } = Promise.withResolvers<Place>();
  const fail = (cause: Error): void => {
    const code = 'code' in cause ? cause.code : undefined;
    const isTaken = code === 'EADDRINUSE';
    const message = isTaken
      ? `Port ${port} is in use by another program.`
      : `The receiver can not listen on ${host}, port ${port} (${String(code)}).`;
    reject(
      new AppError({ code: isTaken ? 'port_in_use' : 'bad_option', message, details: { host, port }, cause }),
    );
  };
  server.once('error', fail);
  server.listen({ host, port }, () => {
    server.off('error', fail);
    const address = server.address();
    resolve({ host, port: typeof address === 'object' && address !== null ? address.port : port });
  });
  return promise;
}

/** Stops accepting and waits for the answers under way; `onLastCall` is called shortly before patience ends. */
export function closeServer(server: Server, graceMs: number, onLastCall?: () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const calling = setTimeout(() => onLastCall?.(), graceMs * lastCall);
  const ending = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection whose answer began before the end was kept alive by it, and is idle once the answer is out.
  const sweeping = setInterval(() => server.closeIdleConnections(), sweepMs);
  server.close(() => {
    clearTimeout(calling);
    clearTimeout(ending);
    clearInterval(sweeping);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}
