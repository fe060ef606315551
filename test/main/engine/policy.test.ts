/** What becomes of failed tries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, judgeFailure } from '../../../src/main/engine/policy.ts';
import { AppError } from '../../../src/shared/errors.ts';

const failed = new AppError({ code: 'http_failed' });
const retry = { attempts: 3, backoffSeconds: 2, factor: 3, maxSeconds: 10 };

describe('policy', () => {
  it('waits longer with each try, never less than told nor past the longest pause and a quarter', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffMs(retry, attempt, 0))).toEqual([
      2_000, 6_000, 10_000, 10_000,
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, chance) => {
          const ms = backoffMs(retry, attempt, chance);
          expect(ms).toBeGreaterThanOrEqual(Math.min(2_000 * 3 ** (attempt - 1), 10_000));
          expect(ms).toBeLessThanOrEqual(12_500);
        },
      ),
    );
  });

  it('tries as often as told, then does as onError says', () => {
    expect(judgeFailure({ retry }, failed, 2, 0)).toEqual({ kind: 'retry', afterMs: 6_000 });
    expect(judgeFailure({ retry }, failed, 3, 0.5)).toEqual({ kind: 'fail' });
    expect(judgeFailure({ retry, onError: 'port' }, failed, 3, 0.5)).toEqual({ kind: 'port' });
    expect(judgeFailure({ onError: 'continue' }, failed, 1, 0.5)).toEqual({ kind: 'continue' });
    expect(judgeFailure({}, failed, 1, 0.5)).toEqual({ kind: 'fail' });
  });

  it('does not repeat what a second try can not mend', () => {
    for (const error of [
      new AppError({ code: 'http_status', details: { status: 404, retryable: false } }),
      new AppError({ code: 'expression_invalid' }),
      new AppError({ code: 'interrupted' }),
    ]) {
      expect(judgeFailure({ retry }, error, 1, 0.5)).toEqual({ kind: 'fail' });
    }
  });

  it('waits as long as the server asked for, but not longer than a day', () => {
    const busy = (retryAfterMs: number) => new AppError({ code: 'http_status', details: { retryAfterMs } });
    expect(judgeFailure({ retry }, busy(60_000), 1, 0.5)).toEqual({ kind: 'retry', afterMs: 60_000 });
    expect(judgeFailure({ retry }, busy(10), 1, 0)).toEqual({ kind: 'retry', afterMs: 2_000 });
    expect(judgeFailure({ retry }, busy(1e12), 1, 0.5)).toEqual({ kind: 'retry', afterMs: 86_400_000 });
  });

  it('never lets onError overrule the limits of the run', () => {
    const limit = new AppError({ code: 'run_limit' });
    expect(judgeFailure({ onError: 'continue', retry }, limit, 1, 0.5)).toEqual({ kind: 'fail' });
  });
});
