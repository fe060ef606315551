/**
 * Who is calling, and how that is known (SPEC 4.4). Forwarding headers count only by the number of trusted hops from the
 * right, because every entry further left is the caller's own word; X-Forwarded-For alone is read, because of two headers
 * a caller could write the one the proxy does not. What was passed on to a private address of this network by a proxy or
 * tunnel nobody declared is never "local": its address can not be told, so no allow list lets it pass.
 */
import { hostname } from 'node:os';
import ipaddr from 'ipaddr.js';
import { readAddress, type Address } from '../../auth/allow-list.ts';
import { isPassedOnHeader } from '../../base/passed-on.ts';
import { headerValues } from '../../base/raw-request.ts';
import type { HeaderList } from '../../../shared/model/request.ts';

export interface Caller {
  /** For the record: the client's address, or what is known of it. */
  readonly text: string;
  /** The address an allow list may judge; undefined when it can not be told. */
  readonly address: Address | undefined;
  /** Where the address comes from, or why it can not be told: one sentence. */
  readonly note: string;
}

/** What a direct connection says of itself; such a caller needs no entry in the timeline. */
export const directNote = 'The other end of the connection.';

/** Addresses that are no caller's own on the open internet: this machine, its networks, a tunnel's agent beside it. */
const nearRanges: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);

function rangeOf({ text }: Address): string {
  return ipaddr.parse(text).range();
}

/** The entry of X-Forwarded-For that the outermost trusted hop wrote; undefined when absent or no address. */
function forwardedBy(headers: HeaderList, hops: number): Address | undefined {
  const entries = headerValues(headers, 'x-forwarded-for').join(',').split(',');
  const entry = entries[entries.length - hops]?.trim();
  if (entry === undefined) return undefined;
  // Some proxies write the port: 192.0.2.1:5678 or [2001:db8::1]:5678.
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
  return readAddress(bare);
}

/** By the word of the proxies the operator trusts. */
function throughHops(headers: HeaderList, remoteIp: string, hops: number): Caller {
  const place = `entry ${hops} from the right of X-Forwarded-For (${hops === 1 ? '1 trusted hop' : `${hops} trusted hops`})`;
  const address = forwardedBy(headers, hops);
  if (address === undefined) {
    const isThere = headerValues(headers, 'x-forwarded-for').length > 0;
    const others = headers.some(([name]) => /^(?:forwarded|x-real-ip)$/i.test(name));
    const why = isThere ? 'is no address' : `is not there${others ? '; no other header is read' : ''}`;
    return {
      text: remoteIp,
      address: undefined,
      note: `Not known: ${place} ${why}. The connection came from ${remoteIp}.`,
    };
  }
  // A hop that passes on for others is not the one who asks: who comes from here comes without it.
  if (rangeOf(address) === 'loopback') {
    return {
      text: remoteIp,
      address: undefined,
      note: `Not known: ${place} names this machine itself, which nobody who was passed on is.`,
    };
  }
  return {
    text: address.text,
    address,
    note: `Told by ${place}. The connection came from ${remoteIp}.`,
  };
}

const machineName = hostname().toLowerCase();

/** Whether a Host names this machine by an address, as localhost or by its own name; any other leads here from elsewhere. */
function isOwnName(host: string): boolean {
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  return (
    name === 'localhost' ||
    name === machineName ||
    name.startsWith('[') ||
    /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
  );
}

/** What tells that somebody passed a request on; undefined when nothing does. */
function traceOfProxy(
  headers: HeaderList,
  isFromHere: boolean,
  publicHost: string | undefined,
): string | undefined {
  for (const [name, value] of headers) {
    if (isPassedOnHeader(name)) return `the header ${name}`;
    if (name.toLowerCase() !== 'host') continue;
    const host = value.toLowerCase();
    if (publicHost !== undefined && (host === publicHost || host.replace(/:\d+$/, '') === publicHost)) {
      return 'the public host name';
    }
    if (isFromHere && !isOwnName(host)) return "a host name that is not this machine's own";
  }
  return undefined;
}

/**
 * Tells the caller's address.
 * @param remoteIp the socket's other end
 * @param publicHost host of the public URL, where one is set: what is addressed to it came through a tunnel
 */
export function findCaller(
  headers: HeaderList,
  remoteIp: string,
  trustedHops: number,
  publicHost: string | undefined,
): Caller {
  if (trustedHops > 0) return throughHops(headers, remoteIp, trustedHops);
  const address = readAddress(remoteIp);
  const range = address === undefined ? 'unknown' : rangeOf(address);
  const trace = traceOfProxy(headers, range === 'loopback', publicHost);
  if (trace === undefined) return { text: remoteIp, address, note: directNote };
  if (!nearRanges.has(range)) {
    return { text: remoteIp, address, note: `${directNote} No hop is trusted, so ${trace} tells nothing.` };
  }
  const told = forwardedBy(headers, 1)?.text;
  const whose = told === undefined ? '' : ` ${told} is what X-Forwarded-For says.`;
  return {
    // Of an agent on this machine the last entry is good for telling callers apart, not for trusting them; from elsewhere
    // anyone could write another one with each call and never be counted.
    text: range === 'loopback' ? (told ?? remoteIp) : remoteIp,
    address: undefined,
    note: `Not known: it was passed on by a proxy or tunnel at ${remoteIp} (${trace}), and no hop is trusted.${whose}`,
  };
}
