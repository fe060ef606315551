import { describe, expect, it } from 'vitest';
import { findCaller } from '../../../../src/main/receiver/gate/client-ip.ts';

const forwarded = (...values: string[]) => values.map((value) => ['X-Forwarded-For', value] as const);
const callerOf = (headers: readonly (readonly [string, string])[], hops: number, remoteIp = '127.0.0.1') =>
  findCaller(headers, remoteIp, hops, undefined).address?.text;

describe('the caller', () => {
  it('is the other end of the socket while no hop is trusted, whatever headers say', () => {
    for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'CF-Connecting-IP']) {
      expect(callerOf([[name, '10.0.0.1']], 0, '192.0.2.7')).toBe('192.0.2.7');
    }
  });

  it('is never local when the request came through a tunnel or proxy on this machine', () => {
    expect(callerOf([], 0)).toBe('127.0.0.1');
    for (const name of ['x-forwarded-for', 'forwarded', 'cf-connecting-ip', 'X-Real-IP', 'Via']) {
      expect(callerOf([[name, '127.0.0.1']], 0)).toBeUndefined();
    }
    const publicly = findCaller([['Host', 'hooks.example.test']], '::1', 0, 'hooks.example.test');
    expect(publicly.address).toBeUndefined();
  });

  it('is counted from the right', () => {
    expect(callerOf(forwarded('10.0.0.1, 198.51.100.9'), 1)).toBe('198.51.100.9');
    expect(callerOf(forwarded('198.51.100.9, 10.0.0.1'), 1)).toBe('10.0.0.1');
    expect(callerOf(forwarded('198.51.100.9, 10.0.0.1', '10.0.0.2'), 2)).toBe('10.0.0.1');
    expect(callerOf(forwarded('198.51.100.9:5678'), 1)).toBe('198.51.100.9');
    expect(callerOf(forwarded('[2001:db8::1]:443'), 1)).toBe('2001:db8::1');
    expect(callerOf(forwarded('::ffff:198.51.100.9'), 1)).toBe('198.51.100.9');
  });

  it('is not known when the entry is absent or no address', () => {
    expect(callerOf([], 1)).toBeUndefined();
    expect(callerOf(forwarded('198.51.100.9'), 2)).toBeUndefined();
    for (const entry of ['', 'unknown', '_hidden', '010.0.0.1', '0x7f.1', '10.0.0.1, ']) {
      expect(callerOf(forwarded(entry), 1)).toBeUndefined();
    }
  });

  it('is found quickly among a thousand entries', () => {
    const startedAt = performance.now();
    expect(callerOf(forwarded(`${'10.0.0.1, '.repeat(1_000)}198.51.100.9`), 1)).toBe('198.51.100.9');
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});
