/** RELIABILITY C7, J2: freshness on both sides, and when a clock may be the reason. */
import { describe, expect, it } from 'vitest';
import { readIsoTime, readTimestamp, refuseStale } from '../../../src/main/auth/timestamp.ts';
import { noon } from './check.ts';

describe('a time', () => {
  it('is fresh up to the tolerance, before and after', () => {
    for (const side of [-1, 1]) {
      expect(refuseStale('It', noon + side * 300_000, noon, 300_000)).toBeUndefined();
      expect(refuseStale('It', noon + side * 300_001, noon, 300_000)).toMatchObject({ code: 'stale' });
    }
  });

  it('says on which side it lies, and that a clock may be wrong', () => {
    const ahead = refuseStale('It', noon + 600_000, noon, 300_000);
    expect(ahead?.reason).toBe("It is 600 s ahead of this machine's clock; 300 s are allowed.");
    expect(ahead?.mayBeClock).toBe(true);
    expect(refuseStale('It', noon - 86_400_000, noon, 1_000)?.reason).toMatch(/behind/);
  });

  it('in another unit is no matter of clocks', () => {
    expect(refuseStale('It', noon * 1_000, noon, 300_000)).not.toHaveProperty('mayBeClock');
    expect(refuseStale('It', noon / 1_000, noon, 300_000)).not.toHaveProperty('mayBeClock');
  });

  it.each(['', '-1', '1.5', '1e9', ' 1', '0x10', '١٢٣', '1'.repeat(16), 'NaN'])('is none in %j', (text) => {
    expect(readTimestamp(text)).toBeUndefined();
    expect(readIsoTime(text)).toBeUndefined();
  });
});
