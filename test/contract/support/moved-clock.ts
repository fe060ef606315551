/**
 * A host whose clock is moved: the very program, preloaded with a `Date` that is so many seconds off. Timers go on as
 * they are, as they do when somebody sets the clock of a machine.
 */

/** The environment for a host whose clock is `seconds` ahead of ours (behind, where negative). */
export function movedClock(seconds: number): Record<string, string> {
  const source = `const now = Date.now.bind(Date);
const real = Date;
const off = ${seconds * 1_000};
globalThis.Date = class Date extends real {
  constructor(...given) { given.length === 0 ? super(now() + off) : super(...given); }
  static now() { return now() + off; }
};`;
  return { NODE_OPTIONS: `--import=data:text/javascript;base64,${Buffer.from(source).toString('base64')}` };
}
