/** The short form; `npm run chaos -- --forge --count 1000000` is the long one. */
import { expect, test } from 'vitest';
import { forge } from './forge.ts';

test('no scheme and no sender lets a forged request pass, whatever was forged', async () => {
  const { faults, schemes, count } = await forge(1_000, 20_260_323);
  expect(faults).toEqual([]);
  expect(schemes.length).toBeGreaterThan(20);
  expect(count).toBe(schemes.length * 1_000);
});
