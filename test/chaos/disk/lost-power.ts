/**
 * The files of a data folder as a power cut leaves them: all that was synced is there, and of the rest a part nobody
 * chose, down to single sectors of a write. Kept moment by moment along a trace.
 */
import { dirname } from 'node:path';
import type { DiskEvent } from './trace.ts';

type Change = Extract<DiskEvent, { kind: 'written' | 'cut' | 'removed' }>;

const sectorBytes = 512;

interface Image {
  /** What is surely on the disk; undefined: there is no such file. */
  synced: Buffer | undefined;
  pending: Change[];
}

export interface Disk {
  /** The next event of the trace has happened. */
  pass(event: DiskEvent): void;
  /** Cuts the power: the bytes of each file that is there after it. `chance` is from 0 to 1. */
  cut(chance: () => number): Map<string, Buffer>;
}

/** A disk on which nothing is. */
export function createDisk(): Disk {
  const images = new Map<string, Image>();

  function imageOf(file: string): Image {
    const known = images.get(file) ?? { synced: undefined, pending: [] };
    images.set(file, known);
    return known;
  }

  /** A folder that is synced keeps which files are gone. */
  function syncNames(folder: string): void {
    for (const [file, image] of images) {
      const end = image.pending.findLastIndex(({ kind }) => kind === 'removed');
      if (end < 0 || dirname(file) !== folder) continue;
      image.synced = undefined;
      image.pending.splice(0, end + 1);
    }
  }

  return {
    pass(event) {
      if (event.kind === 'received' || event.kind === 'sent') return;
      if (event.kind === 'synced') syncNames(event.file);
      const image = imageOf(event.file);
      if (event.kind === 'synced') {
        image.synced = image.pending.reduce(applied, image.synced);
        image.pending = [];
      } else image.pending.push(event);
    },
    cut(chance) {
      const left = new Map<string, Buffer>();
      for (const [file, { synced, pending }] of images) {
        let bytes: Buffer | undefined = synced === undefined ? undefined : Buffer.from(synced);
        for (const change of pending) if (chance() < 0.5) bytes = applied(bytes, torn(change, chance));
        if (bytes !== undefined) left.set(file, bytes);
      }
      return left;
    },
  };
}

/** A write of which, one time in two, only some sectors came to the disk. */
function torn(change: Change, chance: () => number): Change {
  if (change.kind !== 'written' || chance() < 0.5) return change;
  const from = Math.floor(chance() * (change.bytes.length / sectorBytes)) * sectorBytes;
  const to = from + Math.ceil(chance() * ((change.bytes.length - from) / sectorBytes)) * sectorBytes;
  return { ...change, offset: change.offset + from, bytes: change.bytes.subarray(from, to) };
}

function applied(bytes: Buffer | undefined, change: Change): Buffer | undefined {
  if (change.kind === 'removed') return undefined;
  const before = bytes ?? Buffer.alloc(0);
  if (change.kind === 'cut') return grown(before.subarray(0, change.size), change.size);
  const after = grown(before, change.offset + change.bytes.length);
  change.bytes.copy(after, change.offset);
  return after;
}

/** A file of at least this size; holes are zero. */
function grown(bytes: Buffer, size: number): Buffer {
  if (bytes.length >= size) return bytes;
  const larger = Buffer.alloc(size);
  bytes.copy(larger);
  return larger;
}
