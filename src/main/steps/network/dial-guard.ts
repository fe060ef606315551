/**
 * The guard at the socket: every address a name leads to is judged, and only judged addresses are dialled, so neither
 * a spelling nor a name that changes its mind gets anywhere it may not go (RELIABILITY N1, N2).
 */
import { lookup } from 'node:dns/promises';
import { isIPv6, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AppError } from '../../../shared/errors.ts';
import { bareHost, classifyAddress, isMetadataName, type ClassifiedAddress } from './address-class.ts';
import type { Grant } from './private-hosts.ts';

export interface DialAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export const resolveBySystem: Resolve = async (name) =>
  (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);

/** Offers a socket the addresses that were judged, whatever the name leads to by now. */
export function lookupOf(addresses: readonly DialAddress[]): LookupFunction {
  return (_name, _options, callback) => callback(null, [...addresses]);
}

export interface DialGuard {
  /**
   * The addresses a call may dial.
   * @param host as `new URL()` gives it
   * @throws AppError `target_blocked`; whatever the resolver throws for names it does not know
   */
  admit(host: string, port: number, grant: Grant): Promise<readonly DialAddress[]>;
}

interface GuardOptions {
  /** Ports this process listens on: no step may call them by any address of this machine. */
  readonly ownPorts: () => readonly number[];
  readonly resolve: Resolve;
}

function blocked(host: string, why: string): AppError {
  return new AppError({
    code: 'target_blocked',
    message: `The call to ${host.slice(0, 200)} was stopped: ${why}`,
    details: { host: host.slice(0, 200), retryable: false },
  });
}

function isOfThisMachine({ class: kind, text }: ClassifiedAddress): boolean {
  if (kind === 'loopback') return true;
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some((entry) => classifyAddress(entry.address)?.text === text),
  );
}

/** Why an address may not be dialled; undefined when it may. */
function faultOf(host: string, address: ClassifiedAddress, grant: Grant): string | undefined {
  const where = address.text === host ? 'it is' : `it leads to ${address.text},`;
  switch (address.class) {
    case 'public':
      return undefined;
    case 'metadata':
      return `${where} an address at which clouds hand out credentials. It can not be opened.`;
    case 'forbidden':
      return `${where} an address that is reserved. It can not be opened.`;
    case 'loopback':
    case 'private': {
      if (address.isWrapped) return `${where} a private IPv4 address inside an IPv6 one. Write it as IPv4.`;
      if (grant.opens(address)) return undefined;
      const place =
        address.class === 'loopback' ? 'an address of this machine' : 'an address of a private network';
      return `${where} ${place}. To allow it, write that address as it is into the URL of the step, or add ${host} to the private hosts in the settings of the workflow.`;
    }
  }
}

/** Makes a guard. */
export function createDialGuard({ ownPorts, resolve }: GuardOptions): DialGuard {
  return {
    async admit(hostname, port, grant) {
      const host = bareHost(hostname);
      if (isMetadataName(host)) {
        throw blocked(host, 'it is a service at which clouds hand out credentials. It can not be opened.');
      }
      const literal = classifyAddress(host);
      const found = literal === undefined ? await resolve(host) : [host];
      return found.map((text) => {
        const address = classifyAddress(text);
        if (address === undefined) throw blocked(host, 'its address can not be understood.');
        if (ownPorts().includes(port) && isOfThisMachine(address)) {
          throw blocked(
            host,
            `${port} is a port of Hookyard itself, which no step may call. Use a step that runs a workflow instead.`,
          );
        }
        const fault = faultOf(host, address, grant);
        if (fault !== undefined) throw blocked(host, fault);
        return { address: text, family: isIPv6(text) ? 6 : 4 } as const;
      });
    },
  };
}
