/**
 * A file of 64 MiB that holds nothing: given up when the disk is full, so that there is room to delete (RELIABILITY I1).
 * Made only where the disk has plenty left, and again when it has.
 */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

const mebibyte = 1_048_576;
const reserveBytes = 64 * mebibyte;
/** Free bytes a disk must have for a reserve to be made. */
const plentyBytes = 4 * reserveBytes;

export interface Reserve {
  /** Makes the file if it is not there and the disk has room. Never rejects. */
  hold(): Promise<void>;
  /** Gives its room back; answers whether there was any. Never rejects. */
  release(): Promise<boolean>;
}

/** The reserve of a data folder. */
export function createReserve(dataDir: string): Reserve {
  const path = join(dataDir, 'hookyard.reserve');

  async function fill(): Promise<void> {
    const disk = await statfs(dataDir);
    if (disk.bavail * disk.bsize < plentyBytes) return;
    const file = await open(path, 'w', 0o600);
    try {
      // Written out: a file that was only made long takes no room.
      const block = Buffer.alloc(mebibyte, 'reserve ');
      for (let written = 0; written < reserveBytes; written += block.length) await file.write(block);
    } finally {
      await file.close();
    }
  }

  return {
    async hold() {
      try {
        const present = await stat(path).catch(() => undefined);
        if (present === undefined || present.size < reserveBytes) await fill();
      } catch {
        await rm(path, { force: true }).catch(() => undefined);
      }
    },
    async release() {
      try {
        await rm(path);
        return true;
      } catch {
        return false;
      }
    },
  };
}
