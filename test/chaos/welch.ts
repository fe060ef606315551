/** Welch's t of two samples, as tests of constant time use it: below 4.5 in size, no difference was shown. */

export interface Sample {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

/** Mean and variance of times, the slowest tenth left out: what the machine did beside them. */
export function sampleOf(times: readonly number[]): Sample {
  const kept = times.toSorted((a, b) => a - b).slice(0, Math.max(2, Math.floor(times.length * 0.9)));
  const count = kept.length;
  const mean = kept.reduce((sum, time) => sum + time, 0) / count;
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (count - 1);
  return { mean, variance, count };
}

/** Welch's t. */
export function welchT(a: Sample, b: Sample): number {
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
}
