/**
 * The moments at which an end of the process would hurt most, by name. Passing one does nothing; a test installs a hook
 * that ends the process there, or fails there, and looks whether every promise was kept (RELIABILITY G4).
 */

/** Every point there is; a test that has not hit all of them has shown nothing. */
export const crashPoints = [
  'commit before',
  'commit after',
  'checkpoint before',
  'checkpoint after',
  'migration copied',
  'migration before commit',
  'migration after commit',
  'request judged',
  'step before settling',
  'http before sending',
  'http after sending',
  'timer fires',
  'wait times out',
  'wait taken',
  'schedule fires',
  'record written',
  'records imported',
  'child run made',
  'secret rotated',
  'retention piece',
  'job item judged',
  'runs recovered',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

let hook: ((point: CrashPoint) => void) | undefined;

/** Says that the process is at a point. */
export function passPoint(point: CrashPoint): void {
  hook?.(point);
}

/** For tests: has every passing told, in this thread. What the hook throws is thrown at the point. */
export function watchPoints(onPass: (point: CrashPoint) => void): void {
  hook = onPass;
}
