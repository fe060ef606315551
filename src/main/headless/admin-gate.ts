/**
 * Who may speak to the admin port at all: this machine's own page, named by an exact Host, not sent by another
 * site and not passed on by a proxy or tunnel (RELIABILITY 2 C, L1-L7). Being on 127.0.0.1 grants nothing.
 */
import type { IncomingMessage } from 'node:http';
import { isPassedOnHeader } from '../base/passed-on.ts';

export interface AdminGate {
  /** Why a page or file may not be given to this request; undefined when it may. */
  refusePage(request: IncomingMessage): string | undefined;
  /** Why a socket may not be opened; a browser's socket names its Origin, and so must any other. */
  refuseSocket(request: IncomingMessage): string | undefined;
}

/** The rules for one listening port. */
export function createAdminGate(port: number): AdminGate {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));

  function refuseAny(request: IncomingMessage): string | undefined {
    const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    const { host } = request.headers;
    if (host === undefined || !hosts.has(host) || names.filter((name) => name === 'host').length !== 1) {
      return 'host';
    }
    if (names.some((name) => isPassedOnHeader(name))) return 'forwarded';
    if (request.url?.startsWith('/') !== true) return 'target';
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'site';
    const { origin } = request.headers;
    return origin !== undefined && !origins.has(origin) ? 'origin' : undefined;
  }

  return {
    refusePage: refuseAny,
    refuseSocket: (request) => (request.headers.origin === undefined ? 'origin' : refuseAny(request)),
  };
}
