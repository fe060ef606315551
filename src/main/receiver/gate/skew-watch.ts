/**
 * Whether a clock may be wrong (RELIABILITY J2): one genuine request whose time is far from ours was held up or sent again;
 * when there are several in an hour, it is more likely this machine's date and time.
 */

/** Requests that make a doubt. */
const enough = 3;
const rememberedMs = 3_600_000;

/** The endpoint the last of them came to, and when the first did. */
export interface ClockDoubt {
  readonly endpointId: string;
  readonly since: number;
}

export class SkewWatch {
  #noted: readonly { readonly endpointId: string; readonly at: number }[] = [];

  /** Notes a genuine request whose time was too far from ours. */
  note(endpointId: string, now: number): void {
    this.#noted = [...this.#recent(now), { endpointId, at: now }].slice(-enough);
  }

  /** The doubt there is now. A clock that was set back makes none older than it is. */
  doubt(now: number): ClockDoubt | null {
    const recent = this.#recent(now);
    const [first] = recent;
    const last = recent.at(-1);
    if (first === undefined || last === undefined || recent.length < enough) return null;
    return { endpointId: last.endpointId, since: first.at };
  }

  #recent(now: number) {
    return this.#noted.filter(({ at }) => Math.abs(now - at) < rememberedMs);
  }
}
