import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress, readAllowList } from '../../../src/main/auth/allow-list.ts';

const has = (entries: readonly string[], text: string): boolean => {
  const address = readAddress(text);
  return address !== undefined && readAllowList(entries).has(address);
};

describe('an allow list', () => {
  it('knows addresses, never their beginnings', () => {
    expect(has(['192.168.1.1'], '192.168.1.1')).toBe(true);
    expect(has(['192.168.1.1'], '192.168.1.10')).toBe(false);
    expect(has(['192.168.1.1'], '192.168.1.100')).toBe(false);
    expect(has(['192.168.1.1'], '::ffff:192.168.1.1')).toBe(true);
    expect(has(['::ffff:192.168.1.1'], '192.168.1.1')).toBe(true);
  });

  it('knows blocks to their edges', () => {
    for (const [address, isIn] of [
      ['10.0.15.255', false],
      ['10.0.16.0', true],
      ['10.0.31.255', true],
      ['10.0.32.0', false],
    ] as const) {
      expect(has(['10.0.16.0/20'], address), address).toBe(isIn);
      expect(has(['::ffff:10.0.16.0/116'], address), address).toBe(isIn);
    }
    expect(has(['2001:db8::/32'], '2001:db8:ffff::1')).toBe(true);
    expect(has(['2001:db8::/32'], '2001:db9::')).toBe(false);
    expect(has(['2001:DB8:0::1'], '2001:db8::1')).toBe(true);
    expect(has(['0.0.0.0/0'], '8.8.8.8')).toBe(true);
    expect(has(['0.0.0.0/0'], '2001:db8::1')).toBe(false);
    expect(has(['::/0'], '2001:db8::1')).toBe(true);
    expect(has([], '127.0.0.1')).toBe(false);
  });

  it.each([
    '',
    'everybody',
    '10.0.0',
    '010.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '10.0.0.1/33',
    '10.0.0.1/-1',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.1/255.0.0.0',
    '::1/129',
    '1.2.3.4.5',
    '*',
    'localhost',
    '::ffff:10.0.0.0/95',
  ])('refuses the entry %j', (entry) => {
    expect(() => readAllowList(['10.0.0.1', entry])).toThrow(
      expect.objectContaining({
        code: 'invalid',
        details: { issues: [expect.objectContaining({ path: 'ipAllow[1]' })] },
      }),
    );
  });

  it('agrees with arithmetic on any IPv4 block', () => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const toNumber = (parts: readonly number[]): number => parts.reduce((sum, part) => sum * 256 + part, 0);
    fc.assert(
      fc.property(octets, octets, fc.nat(32), (base, other, bits) => {
        const size = 2 ** (32 - bits);
        const isIn = Math.floor(toNumber(base) / size) === Math.floor(toNumber(other) / size);
        expect(has([`${base.join('.')}/${bits}`], other.join('.'))).toBe(isIn);
        expect(has([`${base.join('.')}/${bits}`], `::ffff:${other.join('.')}`)).toBe(isIn);
      }),
    );
  });
});
