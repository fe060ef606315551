/** RELIABILITY J2: one late request is late; several say that a clock is wrong. */
import { expect, it } from 'vitest';
import { SkewWatch } from '../../../../src/main/receiver/gate/skew-watch.ts';

it('J2 doubts the clock after three such requests in an hour, and no longer an hour after', () => {
  const watch = new SkewWatch();
  const minute = 60_000;
  watch.note('ep_1', 0);
  watch.note('ep_1', minute);
  expect(watch.doubt(minute)).toBeNull();
  watch.note('ep_2', 2 * minute);
  expect(watch.doubt(2 * minute)).toEqual({ endpointId: 'ep_2', since: 0 });
  expect(watch.doubt(61 * minute)).toBeNull();
});

it('takes no doubts from before the clock was set', () => {
  const watch = new SkewWatch();
  for (const at of [1, 2, 3]) watch.note('ep_1', at * 86_400_000);
  expect(watch.doubt(3 * 86_400_000)).toBeNull();
});
