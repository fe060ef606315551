/**
 * What an entry does at the points of base/crash-points.ts, told by the environment: `HOOKYARD_END_AT="<point>#<n>"` ends
 * the process without warning at the n-th passing, `HOOKYARD_LEAVE_AT` ends the thread that passes, `HOOKYARD_FAIL_AT`
 * throws there, `HOOKYARD_BREAK_AT` throws where nobody catches. Says on standard error that it was there, so that a test
 * knows the point was hit.
 */
import { writeSync } from 'node:fs';
import { type CrashPoint, watchPoints } from '../../../src/main/base/crash-points.ts';

const acts: Readonly<Record<string, () => void>> = {
  HOOKYARD_END_AT: () => process.kill(process.pid, 'SIGKILL'),
  HOOKYARD_LEAVE_AT: () => process.exit(1),
  HOOKYARD_FAIL_AT: () => {
    throw new Error('made to fail here');
  },
  HOOKYARD_BREAK_AT: () => {
    setImmediate(() => {
      throw new Error('made to break here');
    });
  },
};

/** The line said when a point is hit. */
export const hitLine = (point: string): string => `hit the point "${point}"`;

/** Installs what the environment asks for in this thread. */
export function endAtPoint(): void {
  for (const [name, act] of Object.entries(acts)) {
    const [point, nth = '1'] = process.env[name]?.split('#') ?? [];
    if (point === undefined) continue;
    let left = Number(nth);
    watchPoints((passed: CrashPoint) => {
      if (passed !== point) return;
      left -= 1;
      if (left !== 0) return;
      writeSync(2, `${hitLine(point)}\n`);
      act();
    });
  }
}
