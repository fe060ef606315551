/**
 * What is known and told of a stored request that is judged again: as of when its timestamps count, whether keys of
 * deliveries play a part, and the first line of its timeline (RELIABILITY D7).
 */
import type { RepeatMark, StageNote } from '../../shared/model/request.ts';
import type { RequestRow } from '../store/types.ts';

/** A stored request judged again (replay, retry of a failed trigger). */
export interface Repeat {
  /** The request it repeats. */
  readonly replayOf: string;
  /** How it was made, for the timeline; also as of when its timestamps are judged. */
  readonly mark: RepeatMark;
  /**
   * Whether idempotency keys play no part: it was taken once already and is repeated on purpose, or it is not what the
   * sender sent, whose own next try must not be taken for its twin.
   */
  readonly isUnkeyed: boolean;
  /** Key under which a bulk job repeats it; nobody waits for the run. */
  readonly jobKey?: string;
}

interface RepeatWish {
  readonly replayOf: string;
  readonly endpointId: string;
  readonly waiveFreshness?: boolean;
  readonly edited?: boolean;
  readonly jobKey?: string;
}

const takenVerdicts: ReadonlySet<string> = new Set(['accepted', 'duplicate', 'held']);

/**
 * The repetition of a stored request.
 * @param capturedAt when it arrived, epoch ms. A repetition of a repetition counts as of the first one's time.
 */
export function repeatOf(earlier: RequestRow | undefined, capturedAt: number, wish: RepeatWish): Repeat {
  const { edited = false, endpointId, jobKey, replayOf, waiveFreshness = false } = wish;
  const before = earlier?.stages.find(({ repeat }) => repeat !== undefined)?.repeat;
  const elsewhere = earlier !== undefined && earlier.endpointId !== endpointId;
  const wasTaken = earlier !== undefined && takenVerdicts.has(earlier.verdict);
  const freshAt = waiveFreshness ? (before?.freshAt ?? capturedAt) : null;
  return {
    replayOf,
    mark: { mode: waiveFreshness ? 'asCaptured' : 'signed', edited, elsewhere, freshAt },
    isUnkeyed: wasTaken || edited || elsewhere,
    ...(jobKey === undefined ? {} : { jobKey }),
  };
}

/** The line of the timeline that says what is repeated, and how. */
export function repeatNote({ mark, replayOf }: Repeat): StageNote {
  const place = mark.elsewhere ? ' to another endpoint' : '';
  const change = mark.edited ? ', edited' : '';
  const proof =
    mark.freshAt === null
      ? "signed afresh with today's secret"
      : `with its own credentials; timestamps count as of ${new Date(mark.freshAt).toISOString()}`;
  const note = `${replayOf} sent again${place}${change}, ${proof}.`;
  return { stage: 'replay', atMs: 0, ok: true, note, repeat: mark };
}
