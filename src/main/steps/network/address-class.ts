/**
 * What an IP address stands for, told by its numbers and never by its spelling: whoever dials decides by this where a
 * step may go (RELIABILITY N1). IPv4 inside IPv6 counts as the IPv4 address it leads to.
 */
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * `metadata`: where clouds hand out credentials. `forbidden`: nowhere, everywhere, or a tunnel of its own. `loopback`
 * and `private` can be opened by people; `public` is the internet.
 */
export type AddressClass = 'public' | 'loopback' | 'private' | 'metadata' | 'forbidden';

export interface ClassifiedAddress {
  /** Its one spelling; IPv6 shortened, IPv4 inside IPv6 as it was given. */
  readonly text: string;
  readonly class: AddressClass;
  /** An IPv4 address in an IPv6 one: what it leads to is not what it looks like. */
  readonly isWrapped: boolean;
}

/** Services of cloud hosts that give credentials to whoever can reach them. */
const metadataBlocks = [
  // AWS, Google, Azure, DigitalOcean, Oracle, OpenStack; container credentials of ECS and EKS; Tencent; Scaleway.
  '169.254.169.0/24',
  '169.254.170.0/24',
  '169.254.0.23/32',
  '169.254.42.42/32',
  // Alibaba; Azure's wire server; Oracle's older one.
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  // AWS, Google, Scaleway and Oracle over IPv6.
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'fd00:42::/32',
  'fd00:c1::/32',
].map((block) => ipaddr.parseCIDR(block));

const names: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  linkLocal: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
};

/** Used by test networks, and by local resolvers of VPN programs as stand-ins for every name. */
const benchmarking = ipaddr.parseCIDR('198.18.0.0/15');
/** All of IPv6 that is the internet. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

type Parsed = ReturnType<typeof ipaddr.parse>;

function isIn(address: Parsed, [base, bits]: ReturnType<typeof ipaddr.parseCIDR>): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function classOf(address: Parsed): AddressClass {
  if (metadataBlocks.some((block) => isIn(address, block))) return 'metadata';
  if (isIn(address, benchmarking)) return 'private';
  const known = names[address.range()] ?? 'forbidden';
  const isElsewhere = known === 'public' && address.kind() === 'ipv6' && !isIn(address, globalUnicast);
  return isElsewhere ? 'forbidden' : known;
}

/** The IPv4 address a mapped, translated (NAT64) or ISATAP address leads to. */
function wrappedIn(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const [p0, p1, p2, p3, p4, p5, high = 0, low = 0] = address.parts;
  const isMapped = address.range() === 'ipv4Mapped';
  const isTranslated = p0 === 0x64 && p1 === 0xff9b && [p2, p3, p4, p5].every((part) => part === 0);
  const isTunnelled = p5 === 0x5efe && (p4 === 0 || p4 === 0x200);
  if (!isMapped && !isTranslated && !isTunnelled) return undefined;
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}

/** Classifies an address in the spelling of `new URL()` or of a resolver; undefined for what is no address. */
export function classifyAddress(text: string): ClassifiedAddress | undefined {
  // Node takes decimal IPv4 without leading zeros only; ipaddr.js alone would read 010.1.1.1 and 0x7f.1.
  if (isIPv4(text)) return { text, class: classOf(ipaddr.IPv4.parse(text)), isWrapped: false };
  const bare = text.replace(/%.*$/s, '');
  if (!isIPv6(bare)) return undefined;
  const address = ipaddr.IPv6.parse(bare);
  const wrapped = wrappedIn(address);
  return {
    text: address.toString(),
    class: classOf(wrapped ?? address),
    isWrapped: wrapped !== undefined,
  };
}

/** Names under which clouds offer the same services; resolvers of their machines know them. */
const metadataNames: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Whether a host name is that of a metadata service. */
export function isMetadataName(name: string): boolean {
  return metadataNames.has(name.toLowerCase().replace(/\.+$/, ''));
}

/** The host of a URL without the brackets of IPv6. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
}
