/** The URLs under which a listener can be reached, told from the address it is bound to. */
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

const everywhere = new Set(['0.0.0.0', '::']);

/** Whether only programs of this machine can reach a listener bound to this address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** `http://host:port` for use on this machine; a listener on every address is named by its loopback one. */
export function localOrigin(host: string, port: number): string {
  return originOf(everywhere.has(host) ? '127.0.0.1' : host, port);
}

/** The origins other machines can use: one per outward address of this machine, none while bound to loopback. */
export function lanOrigins(host: string, port: number): readonly string[] {
  if (isLoopbackHost(host)) return [];
  if (!everywhere.has(host)) return [originOf(host, port)];
  const found = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return found
    .filter((entry) => !entry.internal && entry.scopeid === (entry.family === 'IPv6' ? 0 : undefined))
    .filter((entry) => host === '::' || entry.family === 'IPv4')
    .map((entry) => originOf(entry.address, port));
}

function originOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
