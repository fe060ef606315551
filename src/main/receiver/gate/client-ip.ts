/**
 * Who is calling (SPEC 4.4). Forwarding headers count only by the number of trusted hops from the right, because every
 * entry further left is the caller's own word. Traffic of a tunnel arrives from loopback and is never "local".
 */
import type { HeaderList } from '../../../shared/model/request.ts';
import { headerValues } from '../../base/raw-request.ts';
import { readAddress, type Address } from '../../auth/allow-list.ts';

export interface Caller {
  /** For the record: the client's address, or what is known of it. */
  readonly text: string;
  /** The address an allow list may judge; undefined when it can not be told. */
  readonly address: Address | undefined;
}

const forwardingHeaders = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'via',
]);

/** The entry of X-Forwarded-For that the outermost trusted hop wrote; undefined when absent or no address. */
function forwardedBy(headers: HeaderList, hops: number): Address | undefined {
  const entries = headerValues(headers, 'x-forwarded-for').join(',').split(',');
  const entry = entries[entries.length - hops]?.trim();
  if (entry === undefined) return undefined;
  // Some proxies write the port: 192.0.2.1:5678 or [2001:db8::1]:5678.
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
  return readAddress(bare);
}

function isLoopback({ text, family }: Address): boolean {
  return family === 'ipv4' ? text.startsWith('127.') : text === '::1';
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
  if (trustedHops > 0) {
    const address = forwardedBy(headers, trustedHops);
    return { text: address?.text ?? remoteIp, address };
  }
  const address = readAddress(remoteIp);
  if (address === undefined || !isLoopback(address)) return { text: remoteIp, address };
  const isTunnelled = headers.some(([name, value]) => {
    const lower = name.toLowerCase();
    return forwardingHeaders.has(lower) || (lower === 'host' && value.toLowerCase() === publicHost);
  });
  // The last entry is the one the tunnel's own agent wrote: good for telling callers apart, not for trusting them.
  if (isTunnelled) return { text: forwardedBy(headers, 1)?.text ?? remoteIp, address: undefined };
  return { text: remoteIp, address };
}
