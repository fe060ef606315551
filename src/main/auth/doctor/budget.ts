/** How much the doctor may do for one request. It works beside the receiver, which must not wait for it. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest stretch of work without a turn for others. */
const stretchMs = 8;

export class Budget {
  #bytes: number;
  readonly #endsAt: number;
  #turnAt: number;

  /** @param limits bytes to be hashed, and milliseconds from now. */
  constructor(limits: { readonly bytes: number; readonly ms: number }) {
    this.#bytes = limits.bytes;
    this.#endsAt = performance.now() + limits.ms;
    this.#turnAt = performance.now() + stretchMs;
  }

  /** Takes what one try costs, letting others work in between; false when there is no more. */
  async take(bytes: number): Promise<boolean> {
    this.#bytes -= bytes;
    const now = performance.now();
    if (this.#bytes < 0 || now > this.#endsAt) return false;
    if (now > this.#turnAt) {
      await nextTurn();
      this.#turnAt = performance.now() + stretchMs;
    }
    return true;
  }
}
