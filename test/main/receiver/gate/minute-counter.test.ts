import { describe, expect, it } from 'vitest';
import { MinuteCounter } from '../../../../src/main/receiver/gate/minute-counter.ts';

describe('a count per minute', () => {
  it('tells how long to wait once the limit is reached', () => {
    const counter = new MinuteCounter();
    counter.add('a', 1_000);
    counter.add('a', 2_000);
    expect(counter.waitMs('a', 3, 3_000)).toBe(0);
    expect(counter.waitMs('a', 2, 3_000)).toBe(58_000);
    expect(counter.waitMs('b', 2, 3_000)).toBe(0);
    expect(counter.waitMs('a', 2, 61_000)).toBe(0);
  });

  it('begins anew when the clock was set back', () => {
    const counter = new MinuteCounter();
    counter.add('a', 3_600_000);
    expect(counter.waitMs('a', 1, 0)).toBe(0);
  });

  it('keeps no more than so many keys', () => {
    const counter = new MinuteCounter();
    for (let index = 0; index < 10_001; index++) counter.add(`k${index}`, 0);
    expect(counter.waitMs('k0', 1, 1)).toBe(0);
    expect(counter.waitMs('k1', 1, 1)).toBeGreaterThan(0);
    expect(counter.waitMs('k10000', 1, 1)).toBeGreaterThan(0);
  });
});
