/**
 * IP allow lists (SPEC 4.4): entries are addresses or CIDR blocks, parsed to numbers and compared as numbers. Spellings
 * that programs read differently (octal, hex, short forms) are refused when the list is saved.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../shared/errors.ts';

/** An address in its one spelling: IPv4-mapped ones as IPv4, IPv6 shortened and lower case. */
export interface Address {
  readonly text: string;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads an address; undefined for anything that is not plainly one. */
export function readAddress(text: string): Address | undefined {
  // Node accepts decimal IPv4 without leading zeros only; ipaddr.js alone would take 010.1.1.1 and 0x7f.1.
  if (isIPv4(text)) return { text, family: 'ipv4' };
  const bare = text.replace(/%.*$/, '');
  if (!isIPv6(bare)) return undefined;
  const parsed = ipaddr.process(bare);
  return { text: parsed.toString(), family: parsed.kind() };
}

/** Whether an entry may stand on a list. */
export function isAllowEntry(entry: string): boolean {
  return addEntry(new BlockList(), entry.trim());
}

export interface AllowList {
  /** Whether an address is on the list. */
  has(address: Address): boolean;
}

/**
 * Reads a list.
 * @throws AppError `invalid` with `details.issues`, one per entry that is no address and no block
 */
export function readAllowList(entries: readonly string[]): AllowList {
  const list = new BlockList();
  const issues: { path: string; message: string }[] = [];
  for (const [index, entry] of entries.entries()) {
    if (!addEntry(list, entry.trim())) {
      issues.push({ path: `ipAllow[${index}]`, message: 'not an IP address or CIDR block, e.g. 10.0.0.0/8' });
    }
  }
  if (issues.length > 0) throw new AppError({ code: 'invalid', details: { issues } });
  return { has: ({ text, family }) => list.check(text, family) };
}

function addEntry(list: BlockList, entry: string): boolean {
  const [base = '', prefix, ...more] = entry.split('/');
  const address = readAddress(base);
  if (address === undefined || more.length > 0) return false;
  if (prefix === undefined) {
    list.addAddress(address.text, address.family);
    return true;
  }
  if (!/^\d{1,3}$/.test(prefix)) return false;
  // A block of mapped addresses (::ffff:10.0.0.0/104) is the IPv4 block inside.
  const isMapped = address.family === 'ipv4' && !isIPv4(base);
  const bits = Number(prefix) - (isMapped ? 96 : 0);
  if (bits < 0 || bits > (address.family === 'ipv4' ? 32 : 128)) return false;
  list.addSubnet(address.text, bits, address.family);
  return true;
}
