/**
 * What opens loopback and private networks to a call: people, by the literal host in the step's own URL or by the
 * workflow's `privateHosts`. Never data: what comes out of `{{ }}`, of a redirect or of DNS opens nothing.
 */
import ipaddr from 'ipaddr.js';
import { bareHost, classifyAddress, type ClassifiedAddress } from './address-class.ts';

/** Which addresses a call may dial beyond the public ones. */
export interface Grant {
  /** Calls of equal keys may share connections; others never do. */
  readonly key: string;
  opens(address: ClassifiedAddress): boolean;
}

const nothing: Grant = { key: 'public', opens: () => false };
const loopback: Grant = { key: 'loopback', opens: (address) => address.class === 'loopback' };
/** Opens a host of the operator's own choice; metadata and reserved addresses stay closed. */
export const wholeHost: Grant = { key: 'host', opens: () => true };

type Block = ReturnType<typeof ipaddr.parseCIDR>;

interface Entry {
  readonly port: string | undefined;
  /** A name, or the addresses it stands for. */
  readonly place: string | Block;
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** `name:port` of a URL, with the port that is meant where none is written. */
export function placeOf(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (defaultPorts[url.protocol] ?? '') : url.port}`;
}

function readBlock(entry: string): Block | undefined {
  const [base = '', prefix = '', ...more] = entry.split('/');
  const address = classifyAddress(base);
  if (address === undefined || address.isWrapped || more.length > 0 || !/^\d{1,3}$/.test(prefix))
    return undefined;
  return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : undefined;
}

function readEntry(entry: string): Entry | undefined {
  if (entry.includes('/')) {
    const place = readBlock(entry);
    return place && { port: undefined, place };
  }
  const isBareV6 = entry.split(':').length > 2 && !entry.startsWith('[');
  const written = (isBareV6 ? `[${entry}]` : entry).toLowerCase();
  const url = URL.parse(`http://${written}/`);
  // Only the one spelling: 127.1 or 0x7f.1 would be read as something else than it shows.
  const port = /:(\d+)$/.exec(written)?.[1];
  if (url === null || written !== url.hostname + (port === undefined ? '' : `:${port}`)) return undefined;
  const address = classifyAddress(bareHost(url.hostname));
  if (address === undefined) return { port, place: url.hostname };
  if (address.isWrapped) return undefined;
  return { port, place: ipaddr.parseCIDR(`${address.text}/${address.text.includes(':') ? 128 : 32}`) };
}

/** Whether an entry of `privateHosts` can be understood: `host`, `host:port`, an address or a CIDR block. */
export function isPrivateHost(entry: string): boolean {
  return readEntry(entry) !== undefined;
}

/**
 * The host a URL template names literally, as `name:port`; undefined when any of it comes out of `{{ }}` or when it is
 * spelt otherwise than URLs are written: such a host is judged like one from outside.
 */
export function writtenHost(template: unknown): string | undefined {
  if (typeof template !== 'string') return undefined;
  const literal = template.split('{{', 1)[0] ?? '';
  const isWhole = literal.length === template.length;
  const [, authority, after] = /^https?:\/\/([^/?#\\\s@]+)([/?#]|$)/i.exec(literal) ?? [];
  if (authority === undefined || (after === '' && !isWhole)) return undefined;
  const url = URL.parse(literal);
  const written = authority.toLowerCase();
  if (url === null || (written !== url.host && written !== placeOf(url))) return undefined;
  return placeOf(url);
}

/** @param written what `writtenHost` told of the step's own URL; undefined: nothing is opened by it */
export function grantFor(url: URL, written: string | undefined, privateHosts: readonly string[]): Grant {
  const isWritten = written === placeOf(url);
  const host = bareHost(url.hostname);
  const isAddress = classifyAddress(host) !== undefined;
  if (isWritten && isAddress) return wholeHost;
  const port = placeOf(url).slice(url.hostname.length + 1);
  const entries = privateHosts
    .flatMap((entry) => readEntry(entry) ?? [])
    .filter((entry) => entry.port === undefined || entry.port === port);
  if (entries.some(({ place }) => place === url.hostname)) return wholeHost;
  const blocks = entries.flatMap(({ place }) => (typeof place === 'string' ? [] : [place]));
  const isLocalhost = isWritten && /(^|\.)localhost$/.test(host);
  if (blocks.length === 0) return isLocalhost ? loopback : nothing;
  return {
    key: `${isLocalhost ? 'loopback ' : ''}${blocks.map(([base, bits]) => `${base.toString()}/${bits}`).join(' ')}`,
    opens(address) {
      if (isLocalhost && loopback.opens(address)) return true;
      const parsed = ipaddr.parse(address.text);
      return blocks.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits));
    },
  };
}
